import type { BreakerStanding } from './breaker.js';
import type { SchedulerPod } from './pod.js';
import { mostPoints, pointsOf, type Best } from './points.js';
import type { Note } from './refusals.js';
import type { View } from './view.js';

/**
 * A point of preference (the weights of preferred node affinity, which policies write) is worth so many milliseconds
 * of waiting: a provider of weight 100 is used until its next pod would wait 30 s longer than another's of weight 0.
 */
const msAPoint = 300;

/** Waits that differ by less are alike: zones and levels decide. */
const grainMs = 1000;

interface Candidate extends Best {
  /** Milliseconds of waiting, with what the pod does not prefer counted as waiting. */
  readonly cost: number;
  readonly level: number;
}

/** The virtual node that would begin with the pod soonest. */
export function bestVirtual(pod: SchedulerPod, view: View, note: Note): Best | undefined {
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

const breakerText = (standing: BreakerStanding | undefined): string | undefined =>
  standing &&
  `node(s) were not tried: the breaker of ${standing.scope} ${standing.name} is ${standing.state}`;
