import type { SchedulerPod } from './pod.js';
import { pointsOf, type Best } from './points.js';
import { createTally, type Note } from './refusals.js';
import type { Room } from './rooms.js';
import type { View } from './view.js';

/**
 * The best is sought among so many ordinary nodes that take the pod, from another node on for each pod: a large pool is
 * not asked whole for every pod. As many as kube-scheduler's minFeasibleNodesToFind (pkg/scheduler/schedule_one.go).
 */
const enough = 100;

/** The emptiest of the ordinary nodes that the pod prefers. */
export function bestOrdinary(pod: SchedulerPod, view: View, note: Note): Best | undefined {
  const refused = createTally();
  const known = view.refusals.of(pod);
  const best = known === undefined ? searched(pod, view, refused.note) : undefined;
  if (best !== undefined) return best;
  if (known === undefined) view.refusals.put(pod, refused.counts);
  for (const [because, nodes] of known ?? refused.counts) note(because, nodes);
  return undefined;
}

function searched(pod: SchedulerPod, view: View, note: Note): Best | undefined {
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

function freeShare({ node: { allocatable }, used }: Room): number {
  const share = (taken: number, of: number) => (of === 0 ? 0 : 1 - taken / of);
  return Math.min(share(used.cpu, allocatable.cpu), share(used.memory, allocatable.memory));
}
