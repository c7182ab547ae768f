import type { Clock } from '../telemetry/clock.js';
import { createFifo } from './fifo.js';

/**
 * The lanes that requests go in. Each has a token bucket and a bound on requests under way of its own, so that a
 * storm in one (marks, events) never delays another (binds, the lease).
 */
export const lanes = ['reads', 'writes', 'adoption', 'marks', 'binds', 'status', 'events', 'lease'] as const;
export type LaneName = (typeof lanes)[number];

export interface LaneLimits {
  /** Tokens a second. */
  readonly perSecond: number;
  /** Tokens at once after a pause. */
  readonly burst: number;
  /** Requests under way at once. A watch counts until its answer begins. */
  readonly inFlight: number;
}

/**
 * Well above client-go's default of 5 a second, because API Priority and Fairness is the server's own guard; low
 * enough that one process does not fill its share of it. A list of 100,000 pods is 400 reads; binds come in bursts,
 * and one after the other each would wait for the server's answer.
 */
export const defaultLanes: Readonly<Record<LaneName, LaneLimits>> = {
  reads: { perSecond: 100, burst: 200, inFlight: 16 },
  writes: { perSecond: 50, burst: 100, inFlight: 16 },
  adoption: { perSecond: 50, burst: 50, inFlight: 8 },
  // A read and a write for each pod: 5,000 that a dead webhook has missed are marked within half a minute.
  marks: { perSecond: 400, burst: 800, inFlight: 16 },
  binds: { perSecond: 500, burst: 1000, inFlight: 64 },
  status: { perSecond: 50, burst: 100, inFlight: 16 },
  events: { perSecond: 10, burst: 50, inFlight: 4 },
  lease: { perSecond: 5, burst: 10, inFlight: 2 },
};

export interface Lane {
  /**
   * Waits for a token and a place, first come first served. Answers the function that gives the place back, or
   * undefined when the signal aborted first; then nothing was taken.
   */
  enter(signal: AbortSignal): Promise<(() => void) | undefined>;
  /** Lets nobody in for so long: the server said so, to one of the lane for all of it. */
  pause(ms: number): void;
  readonly waiting: number;
}

interface Waiter {
  gone: boolean;
  readonly admit: () => void;
}

export function createLane(limits: LaneLimits, clock: Clock): Lane {
  const waiters = createFifo<Waiter>();
  let waiting = 0;
  let tokens = limits.burst;
  let filledAt = clock.monotonic();
  let closedUntil = 0;
  let inFlight = 0;
  let cancelTimer: (() => void) | undefined;

  function fill(now: number): void {
    tokens = Math.min(limits.burst, tokens + ((now - filledAt) / 1000) * limits.perSecond);
    filledAt = now;
  }

  /** Milliseconds until the next may enter: 0 is now, Infinity when somebody has to leave first. */
  function wait(): number {
    const now = clock.monotonic();
    fill(now);
    if (inFlight >= limits.inFlight) return Infinity;
    const forToken = tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / limits.perSecond) * 1000);
    return Math.max(forToken, closedUntil - now);
  }

  function pump(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    while (waiting > 0) {
      const ms = wait();
      if (ms > 0) {
        if (ms < Infinity) cancelTimer = clock.after(ms, pump);
        return;
      }
      const waiter = waiters.shift();
      if (waiter === undefined || waiter.gone) continue;
      waiting -= 1;
      tokens -= 1;
      inFlight += 1;
      waiter.admit();
    }
    waiters.clear();
  }

  function leave(): void {
    inFlight -= 1;
    pump();
  }

  return {
    get waiting() {
      return waiting;
    },
    enter: (signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve(undefined);
          return;
        }
        const give = () => {
          waiter.gone = true;
          waiting -= 1;
          resolve(undefined);
        };
        const waiter: Waiter = {
          gone: false,
          admit: () => {
            signal.removeEventListener('abort', give);
            resolve(once(leave));
          },
        };
        signal.addEventListener('abort', give, { once: true });
        waiters.push(waiter);
        waiting += 1;
        pump();
      }),
    pause: (ms) => {
      closedUntil = Math.max(closedUntil, clock.monotonic() + ms);
    },
  };
}

/** A place given back twice would let one too many in for ever. */
function once(fn: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    fn();
  };
}
