import type { Clock } from '../../src/telemetry/clock.js';

/** Time that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /**
   * Moves time forward and fires what falls due, in order of time and, at equal times, of setting. Between two
   * timers the event loop turns once, so that what a timer sets off may set further timers within the same call.
   */
  advance(ms: number): Promise<void>;
  /** Moves to the earliest pending timer and fires it. False: there is none. */
  advanceToNext(): Promise<boolean>;
  /** Moves the wall clock alone, as an administrator or NTP does. */
  jumpWall(ms: number): void;
  /** How many timers are set. */
  readonly pending: number;
  /** Milliseconds until the earliest timer; undefined without one. */
  readonly nextIn: number | undefined;
}

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

export function fakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  const timers = new Set<Timer>();
  let elapsed = 0;
  let wall = startMs;

  function after(ms: number, fn: () => void): () => void {
    const timer = { at: elapsed + Math.max(0, ms), fn };
    timers.add(timer);
    return () => {
      timers.delete(timer);
    };
  }

  function earliest(): Timer | undefined {
    let found: Timer | undefined;
    for (const timer of timers) if (found === undefined || timer.at < found.at) found = timer;
    return found;
  }

  function moveTo(at: number): void {
    wall += at - elapsed;
    elapsed = at;
  }

  async function fire(timer: Timer): Promise<void> {
    moveTo(timer.at);
    timers.delete(timer);
    timer.fn();
    await turn();
  }

  return {
    now: () => wall,
    monotonic: () => elapsed,
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
    async advance(ms) {
      const target = elapsed + ms;
      await turn();
      for (let timer = earliest(); timer !== undefined && timer.at <= target; timer = earliest()) {
        await fire(timer);
      }
      moveTo(target);
      await turn();
    },
    async advanceToNext() {
      const timer = earliest();
      if (timer === undefined) return false;
      await fire(timer);
      return true;
    },
    jumpWall: (ms) => {
      wall += ms;
    },
    get pending() {
      return timers.size;
    },
    get nextIn() {
      const timer = earliest();
      return timer === undefined ? undefined : timer.at - elapsed;
    },
  };
}

/** One turn of the event loop: promises settle, and what arrived on a socket is read. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Turns the event loop until the condition holds: for what crosses a real socket, where the number of turns is
 * not known. Fails after ten real seconds, naming what it waited for.
 */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited 10 s for: ${what}`);
    await turn();
  }
}
