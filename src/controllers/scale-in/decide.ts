import type { CachedPod } from '../../kube/pod-projection.js';
import { carried, markFor, ranksPods, type Carried, type Mark } from '../../placement/mark.js';
import type { Snapshot } from '../../placement/snapshot.js';
import type { Reason } from '../../policy/reasons.js';

export type MarkChange =
  | { readonly kind: 'mark'; readonly mark: Mark }
  | { readonly kind: 'unmark' }
  | { readonly kind: 'keep'; readonly because: Reason };

export interface MarkFacts {
  readonly pod: MarkedPod;
  /** Presets that the pod's node fits, the most specific first; undefined: it is no virtual node. */
  readonly providers: readonly string[] | undefined;
  readonly snapshot: Snapshot;
  /** The pod's ReplicaSet is an old revision of a Deployment that is being rolled out. */
  readonly rollingOut: boolean;
}

/** What of a pod bears on its mark. */
export type MarkedPod = Pick<
  CachedPod,
  'namespace' | 'phase' | 'deleting' | 'ownerKind' | 'deletionCost' | 'markedBy'
>;

/**
 * What is to be done to the mark of one pod. A value that is not ours is never touched, and a pod whose node is not
 * known to be virtual is left as it is: a Node that is gone for a moment is no reason to write.
 */
export function decide(facts: MarkFacts): MarkChange {
  const { pod, providers, snapshot, rollingOut } = facts;
  const there = carried(pod.deletionCost, pod.markedBy);
  const refused = refuse(pod, there);
  if (providers === undefined) return keep('node-not-virtual');
  if (refused !== undefined) return keep(refused);

  const decision = markFor(pod.namespace, providers, snapshot);
  if (decision.kind === 'none') {
    const isOurs = there.by === 'us' && decision.because !== 'policy-observes';
    return isOurs ? { kind: 'unmark' } : keep(decision.because);
  }
  const mark = rollingOut && decision.inverts ? inverted(decision.mark) : decision.mark;
  return isSameMark(there, mark) ? keep('already-marked') : { kind: 'mark', mark };
}

function refuse(pod: MarkedPod, there: Carried): Reason | undefined {
  if (pod.deleting || finished.has(pod.phase)) return 'pod-finished';
  if (!ranksPods(pod.ownerKind)) return 'owner-does-not-rank';
  return there.by === 'other' ? 'cost-of-another' : undefined;
}

const isSameMark = (there: Carried, { policy, cost }: Mark): boolean =>
  there.by === 'us' && there.mark.policy === policy && there.mark.cost === cost;

/**
 * While a Deployment rolls, old pods on virtual nodes go last, so that ordinary nodes get room for the new ones:
 * else every release drifts onto virtual nodes.
 */
const inverted = (mark: Mark): Mark => ({ ...mark, cost: Math.abs(mark.cost) });

const keep = (because: Reason): MarkChange => ({ kind: 'keep', because });

const finished: ReadonlySet<string> = new Set(['Succeeded', 'Failed']);
