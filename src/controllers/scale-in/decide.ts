import { carried, markFor, ranksPods, type Carried, type Mark } from '../../placement/mark.js';
import type { Snapshot } from '../../placement/snapshot.js';
import { karpenterFieldManager } from '../../objects/well-known.js';
import type { Reason, RivalReason } from '../../policy/reasons.js';
import type { ScaleInPod } from './pods.js';

export type MarkChange =
  | { readonly kind: 'mark'; readonly mark: Mark }
  | { readonly kind: 'unmark'; readonly because: Reason }
  | { readonly kind: 'keep'; readonly because: Reason };

export interface MarkFacts {
  readonly pod: MarkedPod;
  /** Undefined: nobody knows the pod's node. */
  readonly node: MarkedNode | undefined;
  readonly snapshot: Snapshot;
  /** The pod's ReplicaSet is an old revision of a Deployment that is being rolled out. */
  readonly rollingOut: boolean;
  /** Who else manages the pod's deletion cost. */
  readonly rival: RivalReason | undefined;
}

/** What of a pod bears on its mark. */
export type MarkedPod = Pick<
  ScaleInPod,
  'namespace' | 'finished' | 'owner' | 'deletionCost' | 'markedBy' | 'costWriter'
>;

export interface MarkedNode {
  /** Presets that it fits, the most specific first; none: an ordinary node. */
  readonly providers: readonly string[];
  readonly byKarpenter: boolean;
}

/**
 * What is to be done to the mark of one pod. A value that is not ours is never touched, and a pod whose node is not
 * known is left as it is: a Node that is gone for a moment is no reason to write.
 */
export function decide(facts: MarkFacts): MarkChange {
  const { pod, node } = facts;
  if (pod.finished) return keep('pod-finished');
  if (!ranksPods(pod.owner.kind)) return keep('owner-does-not-rank');
  if (node === undefined) return keep('node-not-virtual');

  const there = carried(pod);
  const wanted = wantedMark(facts, node, there);
  if (wanted.kind === 'none') {
    const isTakenBack = there.by === 'us' && !isHandsOff(wanted.because, facts.snapshot);
    return isTakenBack ? { kind: 'unmark', because: wanted.because } : keep(wanted.because);
  }
  if (there.by === 'other') return keep('cost-of-another');
  return isSameMark(there, wanted.mark) ? keep('already-marked') : wanted;
}

type Wanted =
  { readonly kind: 'mark'; readonly mark: Mark } | { readonly kind: 'none'; readonly because: Reason };

function wantedMark(
  { pod, snapshot, rollingOut, rival }: MarkFacts,
  node: MarkedNode,
  there: Carried,
): Wanted {
  if (node.providers.length === 0) return { kind: 'none', because: 'node-not-virtual' };
  const decision = markFor(pod.namespace, node.providers, snapshot);
  if (decision.kind === 'none') return decision;
  const because = rival ?? karpenterWas(pod, node, there);
  if (because !== undefined) return { kind: 'none', because };
  return { kind: 'mark', mark: rollingOut && decision.inverts ? inverted(decision.mark) : decision.mark };
}

/**
 * On its own nodes Karpenter writes over every deletion cost or takes it off, each minute. Where its settings cannot be
 * seen, what it did once is enough: to mark again would go on for ever.
 */
function karpenterWas(pod: MarkedPod, { byKarpenter }: MarkedNode, there: Carried): RivalReason | undefined {
  if (!byKarpenter) return undefined;
  const hasWritten = there.by === 'other' && pod.costWriter === karpenterFieldManager;
  const hasTaken = there.by === 'nobody' && there.taken;
  return hasWritten || hasTaken ? 'cost-of-karpenter' : undefined;
}

/** A policy that observes changes nothing at all; a Namespace that is not known yet is no reason to take back. */
const isHandsOff = (because: Reason, { observe }: Snapshot): boolean =>
  observe || because === 'policy-observes' || because === 'namespace-unknown';

const isSameMark = (there: Carried, { policy, cost }: Mark): boolean =>
  there.by === 'us' && there.mark.policy === policy && there.mark.cost === cost;

/**
 * While a Deployment rolls, old pods on virtual nodes go last, so that ordinary nodes get room for the new ones:
 * else every release drifts onto virtual nodes.
 */
const inverted = (mark: Mark): Mark => ({ ...mark, cost: Math.abs(mark.cost) });

const keep = (because: Reason): MarkChange => ({ kind: 'keep', because });
