import { preference } from '../objects/node-affinity.js';
import type { SchedulerNode } from './node.js';
import type { SchedulerPod } from './pod.js';
import type { Room } from './rooms.js';

/** A node that takes a pod. */
export interface Best {
  readonly node: SchedulerNode;
  /** Of preference. */
  readonly points: number;
}

export const pointsOf = ({ spec }: SchedulerPod, { node: { name, labels } }: Room): number =>
  preference(spec, { metadata: { name, labels } });

/** No node can have more points. */
export const mostPoints = ({ spec }: SchedulerPod): number =>
  (spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).reduce(
    (sum, { weight }) => sum + weight,
    0,
  );
