/** What of a pod counts in the first four steps by which a ReplicaSet chooses whom to delete. */
export interface RankedPod {
  readonly isBound: boolean;
  /** As in its status; empty before the first. */
  readonly phase: string;
  readonly ready: boolean;
  /** The annotation as it is written. */
  readonly deletionCost: string | undefined;
}

/** Of the other pods of the same owner. */
export interface Rank {
  readonly others: number;
  /** So many go before it. */
  readonly before: number;
  /** So many are like it: further steps decide, such as company on the node and age. */
  readonly alike: number;
  readonly after: number;
}

/**
 * Where a pod stands when its ReplicaSet shrinks, by the steps of pkg/controller/controller_utils.go
 * ActivePodsWithRanks that come up to the deletion cost: unbound pods first, then pending ones, then those that are not
 * ready, then those of the lower cost.
 */
export function rankAmong(pod: RankedPod, others: readonly RankedPod[]): Rank {
  const own = keyOf(pod);
  const order = others.map((other) => compare(keyOf(other), own));
  return {
    others: others.length,
    before: order.filter((sign) => sign < 0).length,
    alike: order.filter((sign) => sign === 0).length,
    after: order.filter((sign) => sign > 0).length,
  };
}

const keyOf = ({ isBound, phase, ready, deletionCost }: RankedPod): readonly number[] => [
  Number(isBound),
  phases[phase] ?? 0,
  Number(ready),
  costOf(deletionCost),
];

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) {
    const difference = value - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** As podPhaseToOrdinal has it. */
const phases: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** An int32 without a plus sign or leading zeros; anything else counts as 0 (GetDeletionCostFromPodAnnotations). */
function costOf(text = '0'): number {
  const value = /^(-\d+|0|[1-9]\d*)$/.test(text) ? Number(text) : 0;
  return value >= -(2 ** 31) && value < 2 ** 31 ? value : 0;
}
