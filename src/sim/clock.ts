import { turn } from '../telemetry/clock.js';
import type { Clock } from '../telemetry/clock.js';

/** Time that moves by itself, from timer to timer, whenever nothing is under way. */
export interface SimClock extends Clock {
  /** Moves to `until` (milliseconds since the epoch), and fires all that falls due on the way. */
  run(until: number): Promise<void>;
  /** Time stands still until `work` settles: for what happens outside of the process, such as an HTTP request. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** How many timers are set. */
  readonly pending: number;
}

interface Timer {
  readonly at: number;
  /** Of setting: at equal times, first set, first fired. */
  readonly order: number;
  fn: (() => void) | undefined;
}

/**
 * The clock of a scenario. It moves only when every promise in the process has settled and nothing is held, so that a
 * run is the same every time, and a day without events takes no time at all.
 *
 * @param start Milliseconds since the epoch.
 */
export function createSimClock(start: number): SimClock {
  const timers: Timer[] = [];
  let now = start;
  let order = 0;
  let held = 0;
  let live = 0;

  function after(ms: number, fn: () => void): () => void {
    order += 1;
    const timer: Timer = { at: now + Math.max(0, ms), order, fn };
    push(timers, timer);
    live += 1;
    return () => {
      if (timer.fn !== undefined) live -= 1;
      timer.fn = undefined;
    };
  }

  function fire(timer: Timer): void {
    const { fn } = timer;
    if (fn === undefined) return;
    timer.fn = undefined;
    live -= 1;
    fn();
  }

  async function settle(): Promise<void> {
    do await turn();
    while (held > 0);
  }

  return {
    now: () => now,
    monotonic: () => now - start,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const end = () => {
          cancel();
          signal?.removeEventListener('abort', end);
          resolve();
        };
        const cancel = after(ms, end);
        signal?.addEventListener('abort', end, { once: true });
      }),
    async run(until) {
      await settle();
      for (let next = timers[0]; next !== undefined && next.at <= until; next = timers[0]) {
        pop(timers);
        if (next.fn === undefined) continue;
        now = next.at;
        fire(next);
        if (timers[0]?.at !== now) await settle();
      }
      now = Math.max(now, until);
    },
    async hold(work) {
      held += 1;
      try {
        return await work;
      } finally {
        held -= 1;
      }
    },
    get pending() {
      return live;
    },
  };
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A binary heap, earliest first. */
function push(heap: Timer[], timer: Timer): void {
  let i = heap.push(timer) - 1;
  while (i > 0) {
    const up = (i - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || before(parent, timer)) break;
    heap[i] = parent;
    i = up;
  }
  heap[i] = timer;
}

function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let i = 0;
  for (;;) {
    const child = smaller(heap, 2 * i + 1);
    const timer = heap[child];
    if (timer === undefined || before(last, timer)) break;
    heap[i] = timer;
    i = child;
  }
  heap[i] = last;
}

function smaller(heap: readonly Timer[], left: number): number {
  const a = heap[left];
  const b = heap[left + 1];
  return a !== undefined && b !== undefined && before(b, a) ? left + 1 : left;
}
