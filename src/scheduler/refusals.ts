import type { SchedulerPod } from './pod.js';

/** How many nodes gave which reason. */
export type Reasons = ReadonlyMap<string, number>;

/** So many nodes, one unless it says otherwise, gave a reason. */
export type Note = (because: string, nodes?: number) => void;

export function createTally(): { readonly counts: Reasons; readonly note: Note } {
  const counts = new Map<string, number>();
  const note: Note = (because, nodes = 1) => {
    counts.set(because, (counts.get(because) ?? 0) + nodes);
  };
  return { counts, note };
}

/**
 * Why no ordinary node takes pods that ask alike. When thousands of them wait, a large pool is asked for the first, and
 * again when some node of it may have more room.
 */
export interface Refusals {
  of(pod: SchedulerPod): Reasons | undefined;
  put(pod: SchedulerPod, reasons: Reasons): void;
  /** Some node may have more room, or be another one. */
  clear(): void;
}

export function createRefusals(): Refusals {
  const known = new Map<string, Reasons>();
  return {
    of: (pod) => known.get(asking(pod)),
    put(pod, reasons) {
      // Few pods have host ports; labels and sizes may be many.
      if (pod.hostPorts.length > 0) return;
      if (known.size > 1000) known.clear();
      known.set(asking(pod), reasons);
    },
    clear() {
      known.clear();
    },
  };
}

const asking = ({ choice, requests: { cpu, memory, storage }, hostPorts }: SchedulerPod): string =>
  hostPorts.length > 0 ? '' : `${cpu} ${memory} ${storage} ${choice}`;
