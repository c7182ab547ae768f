import type { ObjectKey } from '../../kube/object.js';
import { isRivalReason, type Reason, type RivalReason } from '../../policy/reasons.js';

/** The pods whose deletion cost is left to another manager, and which one. */
export interface LeftAlone {
  /** @returns the rival, where that is news. */
  note(pod: ObjectKey, because: Reason): RivalReason | undefined;
  forget(pod: ObjectKey): void;
  clear(): void;
}

/** @param onCount Told of each number that changes. */
export function createLeftAlone(onCount: (reason: RivalReason, pods: number) => void): LeftAlone {
  const pods = new Map<ObjectKey, RivalReason>();
  const counts = new Map<RivalReason, number>();

  function count(reason: RivalReason, step: number): void {
    const now = (counts.get(reason) ?? 0) + step;
    counts.set(reason, now);
    onCount(reason, now);
  }

  function forget(pod: ObjectKey): void {
    const reason = pods.get(pod);
    if (reason === undefined) return;
    pods.delete(pod);
    count(reason, -1);
  }

  return {
    note(pod, because) {
      if (pods.get(pod) === because) return undefined;
      forget(pod);
      if (!isRivalReason(because)) return undefined;
      pods.set(pod, because);
      count(because, 1);
      return because;
    },
    forget,
    clear() {
      for (const pod of [...pods.keys()]) forget(pod);
    },
  };
}
