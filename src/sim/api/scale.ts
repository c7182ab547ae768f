import type { Json, JsonObject } from '../../objects/json.js';
import type { LabelSelector } from '../../objects/pod.js';
import { builtinSchema } from '../kinds/builtin.js';
import { printLabels, requirementsOf } from '../store/labels.js';
import { at, childOf, draftOf, numberAt, stringsAt, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { readBody } from './body.js';
import type { BodyType, Call, Core, Review } from './call.js';
import { patched } from './patch/patch.js';
import type { PatchType } from './patch/patch.js';
import { badRequest, Faults, notFound } from './status.js';
import { change } from './update.js';
import { getObject } from './read.js';

export const scaleType: BodyType = {
  group: 'autoscaling',
  version: 'v1',
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  schema: builtinSchema('V1Scale'),
};

/** The `scale` subresource of what runs a number of pods. */
export const getScale = (core: Core, call: Call): JsonObject => scaleOf(call, getObject(core, call));

export function updateScale(core: Core, call: Call, body: Json): Promise<JsonObject> {
  const given = readBody(call, scaleType, body);
  const name = textAt(given, 'metadata', 'name');
  if (name !== call.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
  }
  return write(core, call, () => given);
}

export function patchScale(
  core: Core,
  call: Call,
  kind: Exclude<PatchType, 'apply'>,
  patch: Json,
): Promise<JsonObject> {
  return write(core, call, (scale) => patched(call, scaleType, scale, kind, patch));
}

async function write(core: Core, call: Call, scaled: (scale: JsonObject) => Draft): Promise<JsonObject> {
  const { object } = await change(
    core,
    { ...call, subresource: '' },
    {
      createsIfMissing: false,
      records: true,
      admits: false,
      produce: async (current) => {
        if (current === undefined) throw notFound(call.kind, call.name);
        const scale = await admitted(core, call, scaled(scaleOf(call, current)), current);
        const next = draftOf(current);
        setReplicas(call, next, numberAt(scale, 'spec', 'replicas') ?? 0);
        const revision = textAt(scale, 'metadata', 'resourceVersion');
        if (revision !== '') childOf(next, 'metadata')['resourceVersion'] = revision;
        return next;
      },
    },
  );
  return scaleOf(call, object);
}

async function admitted(core: Core, call: Call, scale: Draft, current: KubeObject): Promise<Draft> {
  const review: Review = {
    call,
    operation: 'UPDATE',
    type: scaleType,
    name: call.name,
    object: scale,
    oldObject: scaleOf(call, current) as KubeObject,
  };
  await core.admission.mutate(core, review);
  const result = review.object ?? scale;
  const faults = new Faults();
  const replicas = numberAt(result, 'spec', 'replicas') ?? 0;
  if (replicas < 0) faults.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
  faults.check('autoscaling', 'Scale', call.name);
  await core.admission.validate(core, review);
  return result;
}

interface Paths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath: string;
}

const builtinPaths: Paths = {
  specReplicasPath: '.spec.replicas',
  statusReplicasPath: '.status.replicas',
  labelSelectorPath: '.spec.selector',
};

const steps = (path: string): string[] => path.split('.').filter((step) => step !== '');

function scaleOf(call: Call, object: KubeObject): JsonObject {
  const paths = call.kind.custom?.scale ?? builtinPaths;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = selectorText(at(object, ...steps(paths.labelSelectorPath)));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: { replicas: numberAt(object, ...steps(paths.specReplicasPath)) ?? 0 },
    status: {
      replicas: numberAt(object, ...steps(paths.statusReplicasPath)) ?? 0,
      ...(selector === '' ? {} : { selector }),
    },
  };
}

/** As text; a ReplicationController's selector is a plain map. */
function selectorText(selector: unknown): string {
  if (typeof selector === 'string') return selector;
  const labels =
    at(selector, 'matchLabels') === undefined && at(selector, 'matchExpressions') === undefined
      ? { matchLabels: stringsAt(selector) }
      : (selector as LabelSelector);
  const requirements = requirementsOf(labels);
  return requirements === 'nothing' ? '' : printLabels(requirements);
}

function setReplicas(call: Call, object: Draft, replicas: number): void {
  const path = steps((call.kind.custom?.scale ?? builtinPaths).specReplicasPath);
  const last = path.pop() ?? 'replicas';
  let here = object;
  for (const step of path) here = childOf(here, step);
  here[last] = replicas;
}
