import type { Taint, Toleration } from '../../../objects/pod.js';
import { tolerates } from '../../../objects/toleration.js';
import type { Node, Pod, PodSpec, SpreadConstraint } from '../objects.js';
import { fitsNode, preference } from '../../../objects/node-affinity.js';
import type { Amount } from '../../../objects/resources.js';

/** A node with what is taken of it: by bound pods, and by those that the scheduler has just placed there. */
export interface NodeRoom {
  readonly node: Node;
  readonly allocatable: Amount;
  /** How many pods it may hold. */
  readonly podLimit: number;
  readonly used: Amount;
  readonly pods: number;
  /** Labels of the pods there, for spreading. */
  readonly podLabels: readonly Readonly<Record<string, string>>[];
}

export type Placement =
  | { readonly node: string }
  | {
      readonly node: undefined;
      /** How many nodes each filter refused, as kube-scheduler words it. */ readonly why: string;
    };

/**
 * The node for one pod: the filters NodeUnschedulable, TaintToleration, NodeAffinity, NodeResourcesFit and
 * PodTopologySpread of kube-scheduler, then the weighted score of those that are left; the first of the best wins,
 * where the real one takes any (pkg/scheduler/framework/plugins, apis/config/v1/default_plugins.go). Inter-pod
 * affinity, volumes, ports and preemption are not in the model.
 */
export function place(pod: Pod, requests: Amount, rooms: readonly NodeRoom[]): Placement {
  const refused = new Map<string, number>();
  const fitting: NodeRoom[] = [];
  for (const room of rooms) {
    const because = refusalOf(pod.spec, requests, room) ?? skewOf(pod, room, rooms);
    if (because === undefined) fitting.push(room);
    else refused.set(because, (refused.get(because) ?? 0) + 1);
  }
  const best = bestOf(pod, requests, fitting);
  if (best !== undefined) return { node: best.node.metadata.name };
  const reasons = [...refused].map(([because, count]) => `${count} ${because}`).sort();
  return { node: undefined, why: `0/${rooms.length} nodes are available: ${reasons.join(', ')}.` };
}

const unschedulableTaint: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

function refusalOf(spec: PodSpec, requests: Amount, room: NodeRoom): string | undefined {
  return untolerated(spec, room.node) ?? mismatch(spec, room.node) ?? shortage(requests, room);
}

function untolerated({ tolerations = [] }: PodSpec, { spec }: Node): string | undefined {
  if (spec?.unschedulable === true && !isTolerated(unschedulableTaint, tolerations)) {
    return 'node(s) were unschedulable';
  }
  const taint = spec?.taints?.find(
    (candidate) => candidate.effect !== 'PreferNoSchedule' && !isTolerated(candidate, tolerations),
  );
  return taint && `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
}

const mismatch = (spec: PodSpec, node: Node): string | undefined =>
  fitsNode(spec, node) ? undefined : "node(s) didn't match Pod's node affinity/selector";

function shortage(requests: Amount, { used, allocatable, pods, podLimit }: NodeRoom): string | undefined {
  if (pods + 1 > podLimit) return 'Too many pods';
  if (requests.cpu > 0 && used.cpu + requests.cpu > allocatable.cpu) return 'Insufficient cpu';
  if (requests.memory > 0 && used.memory + requests.memory > allocatable.memory) return 'Insufficient memory';
  return undefined;
}

const isTolerated = (taint: Taint, tolerations: readonly Toleration[]): boolean =>
  tolerations.some((toleration) => tolerates(toleration, taint));

/** DoNotSchedule constraints: the domain's count with this pod may exceed the smallest by maxSkew at most. */
function skewOf(pod: Pod, room: NodeRoom, rooms: readonly NodeRoom[]): string | undefined {
  for (const constraint of pod.spec.topologySpreadConstraints ?? []) {
    if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue;
    const domain = room.node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined)
      return "node(s) didn't match pod topology spread constraints (missing required label)";
    const counts = domainCounts(pod, constraint, rooms);
    if ((counts.get(domain) ?? 0) + 1 - Math.min(...counts.values()) > constraint.maxSkew) {
      return "node(s) didn't match pod topology spread constraints";
    }
  }
  return undefined;
}

/** Matching pods by domain, over the nodes that the pod's own node affinity allows. */
function domainCounts(
  pod: Pod,
  constraint: SpreadConstraint,
  rooms: readonly NodeRoom[],
): ReadonlyMap<string, number> {
  const wanted = Object.entries(constraint.labelSelector?.matchLabels ?? {});
  const counts = new Map<string, number>();
  for (const { node, podLabels } of rooms) {
    const domain = node.metadata.labels?.[constraint.topologyKey];
    if (domain === undefined || !fitsNode(pod.spec, node)) continue;
    const here = podLabels.filter((labels) => wanted.every(([key, value]) => labels[key] === value)).length;
    counts.set(domain, (counts.get(domain) ?? 0) + here);
  }
  return counts;
}

/** Weights of default_plugins.go. */
const weights = { taints: 3, affinity: 2, room: 1, balance: 1, spread: 2 } as const;

function bestOf(pod: Pod, requests: Amount, rooms: readonly NodeRoom[]): NodeRoom | undefined {
  if (rooms.length < 2) return rooms[0];
  const affinity = normalised(rooms.map(({ node }) => preference(pod.spec, node)));
  const taints = inverted(rooms.map(({ node }) => softTaints(pod.spec, node)));
  const spread = inverted(rooms.map((room) => siblings(pod, room)));
  let best: NodeRoom | undefined;
  let bestScore = -1;
  rooms.forEach((room, i) => {
    const { free, balance } = fit(requests, room);
    const score =
      weights.affinity * (affinity[i] ?? 0) +
      weights.taints * (taints[i] ?? 0) +
      weights.spread * (spread[i] ?? 0) +
      weights.room * free +
      weights.balance * balance;
    if (score > bestScore) [best, bestScore] = [room, score];
  });
  return best;
}

const softTaints = ({ tolerations = [] }: PodSpec, node: Node): number =>
  (node.spec?.taints ?? []).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !isTolerated(taint, tolerations),
  ).length;

/** Pods of the same workload there: what the default spreading constraints (host, zone) count. */
function siblings(pod: Pod, room: NodeRoom): number {
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (hash === undefined) return 0;
  return room.podLabels.filter((labels) => labels['pod-template-hash'] === hash).length;
}

/** 0..100: the largest becomes 100. */
function normalised(values: readonly number[]): readonly number[] {
  const most = Math.max(...values);
  return values.map((value) => (most === 0 ? 0 : (100 * value) / most));
}

/** 0..100: nothing becomes 100, the largest 0. */
function inverted(values: readonly number[]): readonly number[] {
  const most = Math.max(...values);
  return values.map((value) => (most === 0 ? 100 : 100 - (100 * value) / most));
}

/** LeastAllocated, and BalancedAllocation by the spread of the two shares; both 0..100. */
function fit(
  requests: Amount,
  { allocatable, used }: NodeRoom,
): { readonly free: number; readonly balance: number } {
  const cpu = share(used.cpu + requests.cpu, allocatable.cpu);
  const memory = share(used.memory + requests.memory, allocatable.memory);
  return { free: 100 * (1 - (cpu + memory) / 2), balance: 100 * (1 - Math.abs(cpu - memory) / 2) };
}

const share = (used: number, of: number): number => (of === 0 ? 1 : Math.min(1, used / of));
