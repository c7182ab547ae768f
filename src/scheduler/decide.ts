import type { SchedulerNode } from './node.js';
import { bestOrdinary } from './ordinary.js';
import type { SchedulerPod } from './pod.js';
import { mostPoints } from './points.js';
import { createTally, type Reasons } from './refusals.js';
import type { View } from './view.js';
import { bestVirtual } from './virtual.js';

export type Lane = 'virtual' | 'ordinary';

export type Decision =
  | { readonly kind: 'bind'; readonly node: SchedulerNode; readonly lane: Lane }
  /** No node takes it: how many said what, as kube-scheduler words it. */
  | { readonly kind: 'wait'; readonly because: string };

/**
 * The node for one pod. Virtual nodes first, the one that would begin with it soonest; ordinary nodes of the pool where
 * none takes it, or where the pod prefers them.
 */
export function decide(pod: SchedulerPod, view: View): Decision {
  if (pod.unplaceable !== undefined) return { kind: 'wait', because: notDone(pod.unplaceable) };
  const refused = createTally();
  const virtual = bestVirtual(pod, view, refused.note);
  if (virtual !== undefined && virtual.points >= mostPoints(pod)) return bind(virtual.node, 'virtual');
  const ordinary = bestOrdinary(pod, view, refused.note);
  if (virtual !== undefined && (ordinary?.points ?? -1) <= virtual.points)
    return bind(virtual.node, 'virtual');
  if (ordinary !== undefined) return bind(ordinary.node, 'ordinary');
  return { kind: 'wait', because: told(refused.counts, view) };
}

const notDone = (what: string): string =>
  `this scheduler does not place pods with ${what}: set schedulerName to default-scheduler.`;

const bind = (node: SchedulerNode, lane: Lane): Decision => ({ kind: 'bind', node, lane });

function told(refused: Reasons, { rooms }: View): string {
  const nodes = rooms.virtual.length + rooms.ordinary.length;
  if (nodes === 0)
    return '0/0 nodes are available: no virtual node is there, and no node of the fall-back pool.';
  const reasons = [...refused].map(([because, count]) => `${count} ${because}`).sort();
  return `0/${nodes} nodes are available: ${reasons.join(', ')}.`;
}
