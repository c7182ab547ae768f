import type { KubeObject, ObjectMeta } from '../kube/object.js';
import { schedulingAnnotation } from '../objects/well-known.js';
import { toSchedulerPod, type SchedulerPod } from './pod.js';
import type { Taken } from './rooms.js';
import { readSigns, type Signs } from './signs.js';
import { readStory, type Story } from './story.js';

/** A pod of this scheduler that is on a node. */
export interface BoundPod extends Taken, Signs {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  /** What this scheduler wrote when it bound it; undefined where somebody else did. */
  readonly story: Story | undefined;
  readonly isDeleting: boolean;
  /** `Never`, `OnFailure`, `Always`. */
  readonly restartPolicy: string;
  /** For as long as it may have to go elsewhere. */
  readonly pod: SchedulerPod | undefined;
}

export function toBoundPod(object: KubeObject): BoundPod {
  const { metadata, spec } = object as unknown as Bound;
  const pod = toSchedulerPod(object);
  const signs = readSigns(object);
  const isUnsure = signs.progress === 'waiting' || signs.progress === 'no-stock';
  return {
    namespace: pod.namespace,
    name: pod.name,
    uid: pod.uid,
    node: spec.nodeName ?? '',
    requests: pod.requests,
    hostPorts: pod.hostPorts,
    resourceVersion: metadata.resourceVersion ?? '',
    story: readStory(metadata.annotations?.[schedulingAnnotation]),
    isDeleting: metadata.deletionTimestamp !== undefined,
    restartPolicy: spec.restartPolicy ?? 'Always',
    pod: isUnsure ? pod : undefined,
    ...signs,
  };
}

interface Bound {
  readonly metadata: ObjectMeta;
  readonly spec: { readonly nodeName?: string; readonly restartPolicy?: string };
}

/** It takes nothing of its node any more. */
export const isOver = ({ progress }: Signs): boolean => progress === 'over' || progress === 'refused';
