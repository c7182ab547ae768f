import type { Json, JsonObject } from '../objects/json.js';
import { objectAt, objectsAt, stringAt } from '../objects/read.js';

/**
 * What in a pod's spec needs a scheduler that looks further than at one node and its pods' requests: ours does not
 * place such a pod. Undefined: it does. The plug-ins of kube-scheduler that are meant stand beside each part
 * (pkg/scheduler/framework/plugins).
 *
 * @throws {AppError} object-invalid, where a field that is read has the wrong type. `at` is the spec's path.
 */
export function unplaceable(spec: JsonObject, at: string): string | undefined {
  return volumeOf(spec, at) ?? companyOf(spec, at) ?? groupOf(spec) ?? resourceOf(spec, at);
}

/**
 * Volumes that bind a pod to where they are, or that a node takes only so many of: volumebinding, volumezone,
 * volumerestrictions, nodevolumelimits. A generic ephemeral volume is a claim made on the fly.
 */
const boundVolumes: readonly string[] = [
  'persistentVolumeClaim',
  'ephemeral',
  'awsElasticBlockStore',
  'azureDisk',
  'cinder',
  'gcePersistentDisk',
  'iscsi',
  'rbd',
];

function volumeOf(spec: JsonObject, at: string): string | undefined {
  for (const volume of objectsAt(spec, 'volumes', at)) {
    const type = boundVolumes.find((one) => isThere(volume[one]));
    if (type !== undefined) return `volume ${stringAt(volume, 'name', `${at}/volumes`) ?? ''}, ${type}`;
  }
  return undefined;
}

/** interpodaffinity, podtopologyspread: preferred ones too, which would be left out without a word. */
function companyOf(spec: JsonObject, at: string): string | undefined {
  const affinity = objectAt(spec, 'affinity', at) ?? {};
  const kind = ['podAffinity', 'podAntiAffinity'].find((one) =>
    Object.values(objectAt(affinity, one, `${at}/affinity`) ?? {}).some(isFilled),
  );
  if (kind !== undefined) return kind;
  return isFilled(spec['topologySpreadConstraints']) ? 'topologySpreadConstraints' : undefined;
}

/** dynamicresources; gangscheduling, by the field's name since 1.36 and before. */
const groupOf = (spec: JsonObject): string | undefined =>
  ['resourceClaims', 'schedulingGroup', 'workloadRef'].find((field) => isFilled(spec[field]));

/** Counted for every pod: noderesources. Any other is an extended resource, or huge pages. */
const countedResources: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];

function resourceOf(spec: JsonObject, at: string): string | undefined {
  const containers = ['containers', 'initContainers'].flatMap((list) =>
    objectsAt(spec, list, at).map((container) => ({
      name: `container ${stringAt(container, 'name', `${at}/${list}`) ?? ''}`,
      holder: container,
      path: `${at}/${list}`,
    })),
  );
  for (const { name, holder, path } of [{ name: 'the pod', holder: spec, path: at }, ...containers]) {
    const resource = resourcesOf(holder, path).find((one) => !countedResources.includes(one));
    if (resource !== undefined) return `${name}, ${resource}`;
  }
  return undefined;
}

function resourcesOf(holder: JsonObject, path: string): readonly string[] {
  const resources = objectAt(holder, 'resources', path) ?? {};
  return ['requests', 'limits'].flatMap((field) =>
    Object.keys(objectAt(resources, field, `${path}/resources`) ?? {}),
  );
}

const isThere = (value: Json | undefined): boolean => value !== undefined && value !== null;

const isFilled = (value: Json | undefined): boolean =>
  isThere(value) && (typeof value !== 'object' || Object.keys(value as object).length > 0);
