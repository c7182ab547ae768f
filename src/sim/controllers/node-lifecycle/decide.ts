import type { Taint, Toleration } from '../../../objects/pod.js';
import { tolerates } from '../../../objects/toleration.js';
import { unreachableTaint } from '../../../objects/well-known.js';

/** A kubelet renews its Lease so often (pkg/kubelet: nodeLeaseDurationSeconds 40, renewed at a quarter of it). */
export const leaseRenewMs = 10_000;
/** Lease.spec.leaseDurationSeconds of a node. */
export const leaseSeconds = 40;
/** How often nodes are looked at (--node-monitor-period). */
export const monitorMs = 5_000;
/** Without a renewal for so long a node counts as unreachable (--node-monitor-grace-period, 50 s since 1.32). */
export const graceMs = 50_000;

export type NodeHealth = 'ready' | 'unreachable';

/** @param renewed Milliseconds since the epoch, as the controller saw it. */
export const healthOf = (renewed: number, now: number): NodeHealth =>
  now - renewed > graceMs ? 'unreachable' : 'ready';

/** What an unreachable node carries (pkg/controller/nodelifecycle/node_lifecycle_controller.go). */
export const unreachableTaints: readonly Taint[] = [
  { key: unreachableTaint, effect: 'NoSchedule' },
  { key: unreachableTaint, effect: 'NoExecute' },
];

/**
 * Milliseconds that a pod may stay on a node with these taints, from when they were set: 0 at once, undefined for ever.
 * The shortest tolerationSeconds counts (pkg/controller/tainteviction getMinTolerationTime).
 */
export function mayStay(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[],
): number | undefined {
  let shortest: number | undefined;
  for (const taint of taints.filter(({ effect }) => effect === 'NoExecute')) {
    const matching = (tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const { tolerationSeconds } of matching) {
      if (tolerationSeconds === undefined) continue;
      const ms = Math.max(0, tolerationSeconds * 1000);
      shortest = shortest === undefined ? ms : Math.min(shortest, ms);
    }
  }
  return shortest;
}
