import { decide, type MarkChange, type MarkedNode, type MarkedPod } from '../controllers/scale-in/decide.js';
import { optInLabel, optInValue } from '../objects/well-known.js';
import { carried, explainMarkFor, markFor, type Mark } from '../placement/mark.js';
import type { Rank } from '../placement/rank.js';
import type { Snapshot } from '../placement/snapshot.js';
import { reasons, type Reason, type RivalReason } from '../policy/reasons.js';
import type { PolicyNote } from '../policy/select.js';

/** What is known of a pod and all that its mark depends on. */
export interface PodFacts {
  readonly pod: MarkedPod & { readonly name: string };
  /** Undefined: it is not bound. */
  readonly node: NodeFacts | undefined;
  readonly snapshot: Snapshot;
  readonly rollingOut: boolean;
  readonly rival: RivalReason | undefined;
  /** Among the other pods of its owner; undefined where the owner does not rank them. */
  readonly rank: Rank | undefined;
  /** What could not be read, and so is not taken into account. */
  readonly unknown: readonly string[];
}

export interface NodeFacts extends MarkedNode {
  readonly name: string;
  readonly state: 'there' | 'gone' | 'unreadable';
  readonly cordoned: boolean;
}

/** Why one pod has its deletion cost, or none. This is what `tidegate explain pod/NAME -o json` prints, in a list. */
export interface MarkExplanation {
  readonly kind: 'Pod';
  readonly namespace: string;
  readonly name: string;
  /** What the controller does about it: nothing, or what is to come. */
  readonly next: MarkChange['kind'];
  /** The id, as in the log and the metrics. */
  readonly reason: Reason;
  readonly sentence: string;
  /** What stands on the pod; absent without a deletion cost. */
  readonly deletionCost?: string;
  /** Who wrote that: tidegate, or another. */
  readonly by?: 'tidegate' | 'another';
  /** The field manager that managedFields name for it; absent where they name none, as after a Binding. */
  readonly writer?: string;
  /** How our mark came: in the bind, or by the controller. */
  readonly path?: 'bind' | 'repair';
  /** The policy that our mark names. */
  readonly policy?: string;
  /** What the pod is to carry, where that is something else. */
  readonly wanted?: Mark;
  /** What the policy that decides gives pods on this node; on old revisions a rollout may turn it round. */
  readonly gives?: Mark & { readonly provider: string };
  readonly node?: NodeFacts;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly optedIn: 'yes' | 'no' | 'assumed';
  /** Every policy, in the order in which they are asked; empty where the node is no virtual one. */
  readonly policies: readonly (PolicyNote & { readonly sentence?: string })[];
  readonly rank?: Rank;
  readonly unknown: readonly string[];
}

export function explainMark(facts: PodFacts): MarkExplanation {
  const { pod, node, snapshot, rank, unknown } = facts;
  const change = changeOf(facts);
  const reason = change.kind === 'mark' ? 'marked' : change.because;
  const { kind, name } = pod.owner;
  const providers = node?.providers ?? [];
  const decision = markFor(pod.namespace, providers, snapshot);
  const notes = providers.length === 0 ? [] : explainMarkFor(pod.namespace, providers, snapshot);
  return {
    kind: 'Pod',
    namespace: pod.namespace,
    name: pod.name,
    next: change.kind,
    reason,
    sentence: reasons[reason],
    ...carriedBy(pod),
    ...(change.kind === 'mark' && { wanted: change.mark }),
    ...(decision.kind === 'mark' && { gives: { ...decision.mark, provider: decision.provider } }),
    ...(node && { node }),
    ...(kind === '' ? {} : { owner: { kind, name } }),
    optedIn: optInOf(snapshot.namespaceLabels(pod.namespace)),
    policies: notes.map((note) => ({ ...note, ...(note.because && { sentence: reasons[note.because] }) })),
    ...(rank && { rank }),
    unknown,
  };
}

function changeOf({ pod, node, snapshot, rollingOut, rival }: PodFacts): MarkChange {
  if (node === undefined) return { kind: 'keep', because: pod.finished ? 'pod-finished' : 'not-bound' };
  return decide({ pod, node: node.state === 'there' ? node : undefined, snapshot, rollingOut, rival });
}

function carriedBy(
  pod: MarkedPod,
): Pick<MarkExplanation, 'deletionCost' | 'by' | 'writer' | 'path' | 'policy'> {
  const { deletionCost, costWriter } = pod;
  if (deletionCost === undefined) return {};
  const there = carried(pod);
  const written = { deletionCost, ...(costWriter === '' ? {} : { writer: costWriter }) };
  if (there.by !== 'us') return { ...written, by: 'another' };
  const path = costWriter === '' ? 'bind' : 'repair';
  return { ...written, by: 'tidegate', path, policy: there.mark.policy };
}

function optInOf(labels: Readonly<Record<string, string>> | undefined): MarkExplanation['optedIn'] {
  if (labels === undefined) return 'assumed';
  return labels[optInLabel] === optInValue ? 'yes' : 'no';
}
