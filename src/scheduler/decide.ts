import { preference } from '../objects/node-affinity.js';
import type { BreakerStanding } from './breaker.js';
import type { Filters } from './filters.js';
import type { SchedulerNode } from './node.js';
import type { SchedulerPod } from './pod.js';
import type { Reasons, Refusals } from './refusals.js';
import type { Room, Rooms } from './rooms.js';
import type { StartUp } from './startup.js';

export type Lane = 'virtual' | 'ordinary';

export type Decision =
  | { readonly kind: 'bind'; readonly node: SchedulerNode; readonly lane: Lane }
  /** No node takes it: how many said what, as kube-scheduler words it. */
  | { readonly kind: 'wait'; readonly because: string };

/** The cluster as it is when a pod is decided on. Nothing of it changes meanwhile. */
export interface View {
  readonly rooms: Pick<Rooms, 'virtual' | 'ordinary'>;
  readonly filters: Filters;
  /** Of ordinary nodes. */
  readonly refusals: Refusals;
  readonly startUp: (node: SchedulerNode) => Pick<StartUp, 'waitMs' | 'level'>;
  /** A breaker that keeps pods off a virtual node. */
  readonly refuses: (node: SchedulerNode) => BreakerStanding | undefined;
  /** The part of an ordinary node that is left free, 0 to 1. */
  readonly headroom: (node: string) => number;
}

/**
 * A point of preference (the weights of preferred node affinity, which policies write) is worth so many milliseconds
 * of waiting: a provider of weight 100 is used until its next pod would wait 30 s longer than another's of weight 0.
 */
const msAPoint = 300;

/** Waits that differ by less are alike: zones and levels decide. */
const grainMs = 1000;

/**
 * The node for one pod. Virtual nodes first, the one that would begin with it soonest; ordinary nodes of the pool where
 * none takes it, or where the pod prefers them.
 */
export function decide(pod: SchedulerPod, view: View): Decision {
  if (pod.unplaceable !== undefined) return { kind: 'wait', because: notDone(pod.unplaceable) };
  const refused = createTally();
  const virtual = bestVirtual(pod, view, refused.add);
  if (virtual !== undefined && virtual.points >= mostPoints(pod)) return bind(virtual.node, 'virtual');
  const ordinary = bestOrdinary(pod, view, refused.add);
  if (virtual !== undefined && (ordinary?.points ?? -1) <= virtual.points)
    return bind(virtual.node, 'virtual');
  if (ordinary !== undefined) return bind(ordinary.node, 'ordinary');
  return { kind: 'wait', because: told(refused.counts, view) };
}

const notDone = (what: string): string =>
  `this scheduler does not place pods with ${what}: set schedulerName to default-scheduler.`;

type Add = (because: string, nodes?: number) => void;

function createTally(): { readonly counts: Reasons; readonly add: Add } {
  const counts = new Map<string, number>();
  const add: Add = (because, nodes = 1) => {
    counts.set(because, (counts.get(because) ?? 0) + nodes);
  };
  return { counts, add };
}

interface Best {
  readonly node: SchedulerNode;
  /** Of preference. */
  readonly points: number;
}

const bind = (node: SchedulerNode, lane: Lane): Decision => ({ kind: 'bind', node, lane });

interface Candidate extends Best {
  /** Milliseconds of waiting, with what the pod does not prefer counted as waiting. */
  readonly cost: number;
  readonly level: number;
}

function bestVirtual(pod: SchedulerPod, view: View, note: Add): Best | undefined {
  const most = mostPoints(pod);
  const zones = new Map<string, number>();
  const candidates: Candidate[] = [];
  for (const room of view.rooms.virtual) {
    const { node } = room;
    const startUp = view.startUp(node);
    const level = startUp.level();
    zones.set(node.zone, (zones.get(node.zone) ?? 0) + level);
    const because = view.filters.refusal(pod, room, 0) ?? breakerText(view.refuses(node));
    if (because !== undefined) {
      note(because);
      continue;
    }
    const points = pointsOf(pod, room);
    candidates.push({ node, points, level, cost: startUp.waitMs() + (most - points) * msAPoint });
  }
  let best: Candidate | undefined;
  for (const one of candidates) if (best === undefined || isBefore(one, best, zones)) best = one;
  return best;
}

/** Whether a pod is better off at `a`. `zones`: the level of each. */
function isBefore(a: Candidate, b: Candidate, zones: ReadonlyMap<string, number>): boolean {
  const wait = Math.floor(a.cost / grainMs) - Math.floor(b.cost / grainMs);
  if (wait !== 0) return wait < 0;
  const zone = (zones.get(a.node.zone) ?? 0) - (zones.get(b.node.zone) ?? 0);
  return zone === 0 ? a.level < b.level : zone < 0;
}

/**
 * The best is sought among so many ordinary nodes that take the pod, from another node on for each pod: a large pool is
 * not asked whole for every pod. As many as kube-scheduler's minFeasibleNodesToFind (pkg/scheduler/schedule_one.go).
 */
const enough = 100;

function bestOrdinary(pod: SchedulerPod, view: View, note: Add): Best | undefined {
  const refused = createTally();
  const known = view.refusals.of(pod);
  const best = known === undefined ? searched(pod, view, refused.add) : undefined;
  if (best !== undefined) return best;
  if (known === undefined) view.refusals.put(pod, refused.counts);
  for (const [because, nodes] of known ?? refused.counts) note(because, nodes);
  return undefined;
}

function searched(pod: SchedulerPod, view: View, note: Add): Best | undefined {
  let best: (Best & { readonly free: number }) | undefined;
  let found = 0;
  for (const room of rotated(view.rooms.ordinary, pod.uid)) {
    if (found === enough) break;
    const because = view.filters.refusal(pod, room, view.headroom(room.node.name));
    if (because !== undefined) {
      note(because);
      continue;
    }
    found += 1;
    const points = pointsOf(pod, room);
    const free = freeShare(room);
    if (best === undefined || points > best.points || (points === best.points && free > best.free)) {
      best = { node: room.node, points, free };
    }
  }
  return best;
}

/** All of them, from one on that the uid picks: uids are random. */
function* rotated(rooms: readonly Room[], uid: string): Generator<Room> {
  const first = (Number.parseInt(uid.slice(0, 8), 16) || 0) % rooms.length;
  yield* rooms.slice(first);
  yield* rooms.slice(0, first);
}

const pointsOf = ({ spec }: SchedulerPod, { node: { name, labels } }: Room): number =>
  preference(spec, { metadata: { name, labels } });

/** No node can have more points. */
const mostPoints = ({ spec }: SchedulerPod): number =>
  (spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).reduce(
    (sum, { weight }) => sum + weight,
    0,
  );

function freeShare({ node: { allocatable }, used }: Room): number {
  const share = (taken: number, of: number) => (of === 0 ? 0 : 1 - taken / of);
  return Math.min(share(used.cpu, allocatable.cpu), share(used.memory, allocatable.memory));
}

const breakerText = (standing: BreakerStanding | undefined): string | undefined =>
  standing &&
  `node(s) were not tried: the breaker of ${standing.scope} ${standing.name} is ${standing.state}`;

function told(refused: Reasons, { rooms }: View): string {
  const nodes = rooms.virtual.length + rooms.ordinary.length;
  if (nodes === 0)
    return '0/0 nodes are available: no virtual node is there, and no node of the fall-back pool.';
  const reasons = [...refused].map(([because, count]) => `${count} ${because}`).sort();
  return `0/${nodes} nodes are available: ${reasons.join(', ')}.`;
}
