import type { Json } from '../../objects/json.js';
import { setCondition } from '../admission/kinds/pod.js';
import { builtinSchema } from '../kinds/builtin.js';
import { at, childOf, draftOf, numberAt, objectsAt, stringsAt, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { readBody } from './body.js';
import type { BodyType, Call, Core, Review } from './call.js';
import { preconditionFault } from './update.js';
import { removeObject } from './remove.js';
import type { DeleteOptions } from './remove.js';
import {
  badRequest,
  conflict,
  conflictOnKind,
  notFound,
  plainError,
  StatusError,
  success,
} from './status.js';
import type { Status } from './status.js';

export const bindingType: BodyType = {
  group: '',
  version: 'v1',
  apiVersion: 'v1',
  kind: 'Binding',
  schema: builtinSchema('V1Binding'),
};

const evictionType: BodyType = {
  group: 'policy',
  version: 'v1',
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  schema: builtinSchema('V1Eviction'),
};

/**
 * POST of pods/binding: puts the Pod on a node, which nobody checks, and merges the Binding's annotations and labels
 * into it in the same write. `call.name` is the Pod's.
 * @throws StatusError 409 where uid or resourceVersion differ, or the Pod is assigned, going or gated
 */
export async function bindPod(core: Core, call: Call, body: Json): Promise<Status> {
  const given = readBody(call, bindingType, body);
  childOf(given, 'metadata')['namespace'] ??= call.namespace;
  const binding = await admitted(core, call, bindingType, given);
  const name = textAt(binding, 'metadata', 'name');
  if (name !== '' && name !== call.name)
    throw badRequest('name in URL does not match name in Binding object');
  checkTarget(binding);
  for (;;) {
    const pod = core.store.get('pods', call.namespace, call.name);
    if (pod === undefined) throw notFound(call.kind, call.name);
    checkBindable(call, pod, binding);
    if (call.dryRun) return success(undefined, 201);
    if (core.store.replace('pods', pod, bound(core, pod, binding)) !== undefined)
      return success(undefined, 201);
  }
}

async function admitted(core: Core, call: Call, type: BodyType, object: Draft): Promise<Draft> {
  const review: Review = { call, operation: 'CREATE', type, name: call.name, object, oldObject: undefined };
  await core.admission.mutate(core, review);
  await core.admission.validate(core, review);
  return review.object ?? object;
}

function checkTarget(binding: Draft): void {
  const kind = textAt(binding, 'target', 'kind');
  if (kind !== '' && kind !== 'Node') {
    throw plainError(
      `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`,
    );
  }
  if (textAt(binding, 'target', 'name') === '') throw plainError('target.name: Required value');
}

function checkBindable(call: Call, pod: KubeObject, binding: Draft): void {
  const uid = textAt(binding, 'metadata', 'uid');
  const revision = textAt(binding, 'metadata', 'resourceVersion');
  const { name, uid: is, resourceVersion, deletionTimestamp } = pod.metadata;
  if (uid !== '' && uid !== is) throw conflict(call.kind, name, preconditionFault(pod, 'UID', uid, is));
  if (revision !== '' && revision !== resourceVersion) {
    throw conflict(call.kind, name, preconditionFault(pod, 'ResourceVersion', revision, resourceVersion));
  }
  if (deletionTimestamp !== undefined)
    throw unbindable(name, `pod ${name} is being deleted, cannot be assigned to a host`);
  const node = textAt(pod, 'spec', 'nodeName');
  if (node !== '') throw unbindable(name, `pod ${name} is already assigned to node "${node}"`);
  if (objectsAt(pod, 'spec', 'schedulingGates').length > 0) {
    throw unbindable(name, `pod ${name} has non-empty .spec.schedulingGates`);
  }
}

const unbindable = (name: string, why: string): StatusError =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on pods/binding "${name}": ${why}`, {
    name,
    kind: 'pods/binding',
  });

function bound(core: Core, stored: KubeObject, binding: Draft): Draft {
  const pod = draftOf(stored);
  const metadata = childOf(pod, 'metadata');
  childOf(pod, 'spec')['nodeName'] = textAt(binding, 'target', 'name');
  delete childOf(pod, 'status')['nominatedNodeName'];
  for (const field of ['annotations', 'labels']) {
    const more = stringsAt(binding, 'metadata', field);
    if (Object.keys(more).length > 0) metadata[field] = { ...stringsAt(metadata, field), ...more };
  }
  setCondition(pod, core.clock.now(), { type: 'PodScheduled', status: 'True' });
  return pod;
}

/** POST of pods/eviction: marks the Pod as disrupted and deletes it. No PodDisruptionBudget is asked: there are none. */
export async function evictPod(core: Core, call: Call, body: Json): Promise<Status> {
  const eviction = readBody(call, evictionType, body);
  if (textAt(eviction, 'metadata', 'name') !== call.name) {
    throw badRequest('name in URL does not match name in Eviction object');
  }
  await admitted(core, call, evictionType, eviction);
  const options = deleteOptionsOf(at(eviction, 'deleteOptions'));
  const dryRun = call.dryRun || at(eviction, 'deleteOptions', 'dryRun') !== undefined;
  const revision = dryRun ? undefined : markDisrupted(core, call, options);
  const next =
    revision === undefined || options.preconditions?.resourceVersion === undefined
      ? options
      : { ...options, preconditions: { ...options.preconditions, resourceVersion: revision } };
  await removeObject(core, { ...call, dryRun, subresource: '' }, next);
  return success(undefined, 201);
}

/** @returns the revision after the mark */
function markDisrupted(core: Core, call: Call, { preconditions }: DeleteOptions): string {
  const pod = core.store.get('pods', call.namespace, call.name);
  if (pod === undefined) throw notFound(call.kind, call.name);
  const { uid, resourceVersion, name } = pod.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    throw conflictOnKind(
      call.kind,
      name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw conflictOnKind(
      call.kind,
      name,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
  const next = draftOf(pod);
  setCondition(next, core.clock.now(), {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  });
  return core.store.replace('pods', pod, next)?.metadata.resourceVersion ?? resourceVersion;
}

/** Delete options as a body brings them. */
export function deleteOptionsOf(value: unknown): DeleteOptions {
  const grace = numberAt(value, 'gracePeriodSeconds');
  const policy = textAt(value, 'propagationPolicy');
  const orphan = at(value, 'orphanDependents');
  const uid = textAt(value, 'preconditions', 'uid');
  const resourceVersion = textAt(value, 'preconditions', 'resourceVersion');
  const preconditions = {
    ...(uid === '' ? {} : { uid }),
    ...(resourceVersion === '' ? {} : { resourceVersion }),
  };
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(policy === '' ? {} : { propagationPolicy: policy }),
    ...(typeof orphan === 'boolean' ? { orphanDependents: orphan } : {}),
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
  };
}
