import type { Clock } from '../telemetry/clock.js';

/** How much of each ordinary node is left free, because another scheduler fills it too. */
export interface Headroom {
  /** The part of the node, 0 to 1. */
  of(node: string): number;
  /** A kubelet turned a pod away for want of room: a race was lost there. */
  raise(node: string): void;
}

/** Each lost race adds a tenth, up to half of the node; after five minutes it is forgotten. */
const step = 0.1;
const most = 0.5;
const forgetMs = 300_000;

/** `onLowered` is called when less of a node is left free than before. */
export function createHeadroom(base: number, clock: Clock, onLowered: () => void): Headroom {
  const raised = new Map<string, number>();
  return {
    of: (node) => Math.max(base, Math.min(most, base + (raised.get(node) ?? 0))),
    raise(node) {
      raised.set(node, (raised.get(node) ?? 0) + step);
      clock.after(forgetMs, () => {
        const left = (raised.get(node) ?? 0) - step;
        if (left > step / 2) raised.set(node, left);
        else raised.delete(node);
        onLowered();
      });
    },
  };
}
