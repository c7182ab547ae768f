import { deletionCostAnnotation } from '../../../objects/well-known.js';
import { isActive, isReady, msOf, phaseOf, readyCondition } from '../objects.js';
import type { Pod } from '../objects.js';

/** Pods that one sync makes or deletes at most (pkg/controller/replicaset/replica_set.go BurstReplicas). */
export const burstReplicas = 500;

/**
 * The pods that a scale-down deletes, as the ReplicaSet controller ranks them. `related` are the pods of every
 * ReplicaSet of the same owner; the active ones count for the fifth criterion. If all go, nothing is sorted
 * (pkg/controller/replicaset/replica_set.go getPodsToDelete).
 */
export function podsToDelete(
  pods: readonly Pod[],
  related: readonly Pod[],
  count: number,
  now: number,
): readonly Pod[] {
  if (count >= pods.length) return pods;
  const onNode = new Map<string, number>();
  for (const pod of related) {
    if (isActive(pod)) onNode.set(nodeOf(pod), (onNode.get(nodeOf(pod)) ?? 0) + 1);
  }
  const rank = (pod: Pod): number => onNode.get(nodeOf(pod)) ?? 0;
  return [...pods]
    .sort((a, b) => compareForDeletion(a, b, { rankA: rank(a), rankB: rank(b), now }))
    .slice(0, count);
}

export interface Ranks {
  /** Active pods of the same owner on the pod's node, itself included. */
  readonly rankA: number;
  readonly rankB: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The eight steps of pkg/controller/controller_utils.go ActivePodsWithRanks: negative, where `a` goes first. The
 * controller's feature gates PodDeletionCost and LogarithmicScaleDown are on, as by default.
 */
export function compareForDeletion(a: Pod, b: Pod, ranks: Ranks): number {
  return (
    falseFirst(nodeOf(a) !== '', nodeOf(b) !== '') ||
    phaseOrder(a) - phaseOrder(b) ||
    falseFirst(isReady(a), isReady(b)) ||
    deletionCost(a.metadata.annotations) - deletionCost(b.metadata.annotations) ||
    ranks.rankB - ranks.rankA ||
    youngerFirst(readyTime(a), readyTime(b), [a, b], ranks.now) ||
    compareRestarts(a, b) ||
    youngerFirst(msOf(a.metadata.creationTimestamp), msOf(b.metadata.creationTimestamp), [a, b], ranks.now)
  );
}

/**
 * The pod's cost: an int32 without a plus sign or leading zeros. Anything else counts as 0
 * (pkg/apis/core/v1/helper GetDeletionCostFromPodAnnotations).
 */
export function deletionCost(annotations: Readonly<Record<string, string>> = {}): number {
  const text = annotations[deletionCostAnnotation] ?? '0';
  const value = /^(-\d+|0|[1-9]\d*)$/.test(text) ? Number(text) : 0;
  return Math.abs(value + 0.5) < 2 ** 31 ? value : 0;
}

/**
 * Sizes of the batches in which `count` pods are made: 1, 2, 4 … Where one of a batch fails, the rest waits for
 * the next sync (pkg/controller/replicaset/replica_set.go slowStartBatch).
 */
export function slowStartBatches(count: number): readonly number[] {
  const batches: number[] = [];
  for (let left = count, size = 1; left > 0; left -= size, size *= 2) batches.push(Math.min(size, left));
  return batches;
}

const nodeOf = (pod: Pod): string => pod.spec.nodeName ?? '';

const falseFirst = (a: boolean, b: boolean): number => Number(a) - Number(b);

/** podPhaseToOrdinal; phases that are not listed there rank with Pending, as a Go map gives 0 for them. */
const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };
const phaseOrder = (pod: Pod): number => phases[phaseOf(pod)] ?? 0;

/** NaN for a pod that is not ready: the step is skipped. */
const readyTime = (pod: Pod): number => (isReady(pod) ? msOf(readyCondition(pod)?.lastTransitionTime) : NaN);

/** Times compare by the whole part of log2 of the age; inside one bucket the UID decides. */
function youngerFirst(a: number, b: number, [podA, podB]: readonly [Pod, Pod], now: number): number {
  if (a === b || Number.isNaN(a) || Number.isNaN(b)) return 0;
  return ageBucket(now - a) - ageBucket(now - b) || (podA.metadata.uid < podB.metadata.uid ? -1 : 1);
}

/** Of nanoseconds, as Go counts a Duration. */
const ageBucket = (ageMs: number): number => (ageMs > 0 ? Math.trunc(Math.log2(ageMs * 1e6)) : -1);

/** More restarts go first; sidecars only where the other containers tie. */
function compareRestarts(a: Pod, b: Pod): number {
  const regular = (pod: Pod): number => maxRestarts(pod.status?.containerStatuses);
  return regular(b) - regular(a) || sidecarRestarts(b) - sidecarRestarts(a);
}

function sidecarRestarts(pod: Pod): number {
  const sidecars = new Set(
    (pod.spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  return maxRestarts(pod.status?.initContainerStatuses?.filter(({ name }) => sidecars.has(name)));
}

const maxRestarts = (statuses: readonly { readonly restartCount?: number }[] = []): number =>
  Math.max(0, ...statuses.map(({ restartCount }) => restartCount ?? 0));
