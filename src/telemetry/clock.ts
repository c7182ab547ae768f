import { performance } from 'node:perf_hooks';

/** Time as a parameter. The only place that reads the machine's clock, its timers and its randomness. */
export interface Clock {
  /** Milliseconds since the epoch, by the wall clock: may jump. */
  now(): number;
  /** Milliseconds, monotonic, from an arbitrary start: for durations. */
  monotonic(): number;
  /** Settles after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fn` once after `ms`; the answer cancels it. Does not keep the process alive. */
  after(ms: number, fn: () => void): () => void;
}

/** Uniform in [0, 1). */
export type Random = () => number;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal?.addEventListener('abort', end, { once: true });
    }),
  after: (ms, fn) => {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = setTimeout(
        () => {
          if (left > maxTimeoutMs) wait(left - maxTimeoutMs);
          else fn();
        },
        Math.min(left, maxTimeoutMs),
      );
      timer.unref();
    };
    wait(ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** What a timer of Node can hold, about 25 days: it takes more for 1 ms. */
const maxTimeoutMs = 2 ** 31 - 1;

export const systemRandom: Random = () => Math.random();

/**
 * Keeps the process alive until the answer is called: for a command that may wait for nothing but `Clock.after`, as a
 * request does that waits for its turn.
 */
export function stayAwake(): () => void {
  const timer = setInterval(() => undefined, maxTimeoutMs);
  return () => {
    clearInterval(timer);
  };
}

/** One turn of the event loop: promises settle, and what arrived on a socket is read. */
export const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Settles when the signal aborts. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}
