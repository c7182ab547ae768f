import { msOf, phaseOf } from '../objects.js';
import type { Pod } from '../objects.js';

/** How often pods are collected (pkg/controller/podgc/gc_controller.go gcCheckPeriod). */
export const gcMs = 20_000;
/** Finished pods that may stay (--terminated-pod-gc-threshold). */
export const terminatedThreshold = 12_500;

export interface Collected {
  readonly pod: Pod;
  readonly because: 'terminated' | 'orphaned' | 'unscheduled-terminating';
  /** It is set to Failed first, with the condition DisruptionTarget, where it had not finished. */
  readonly failFirst: boolean;
}

/**
 * What one round deletes: the oldest finished pods beyond the threshold, pods of nodes that are gone (the caller has
 * waited the quarantine of 40 s), and pods that are being deleted without ever having had a node.
 */
export function collect(pods: readonly Pod[], nodeIsGone: (name: string) => boolean): readonly Collected[] {
  const surplus = new Set(beyondThreshold(pods.filter(isFinished)));
  return pods.flatMap((pod): readonly Collected[] => {
    const failFirst = !isFinished(pod);
    const node = pod.spec.nodeName ?? '';
    if (surplus.has(pod)) return [{ pod, because: 'terminated', failFirst }];
    if (node !== '') return nodeIsGone(node) ? [{ pod, because: 'orphaned', failFirst }] : [];
    const leaving = pod.metadata.deletionTimestamp !== undefined;
    return leaving ? [{ pod, because: 'unscheduled-terminating', failFirst }] : [];
  });
}

function beyondThreshold(finished: readonly Pod[]): readonly Pod[] {
  const count = finished.length - terminatedThreshold;
  if (count <= 0) return [];
  return finished
    .map((pod) => ({ pod, made: msOf(pod.metadata.creationTimestamp) }))
    .sort((a, b) => a.made - b.made)
    .slice(0, count)
    .map(({ pod }) => pod);
}

const isFinished = (pod: Pod): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';
