import type { Clock, Random } from '../telemetry/clock.js';
import { backoffMs, type BackoffOptions } from './backoff.js';
import { createFifo } from './fifo.js';

/**
 * Keys that need work, after client-go's queue of the same name:
 *
 * - a key that waits is there once, however often it is added;
 * - a key in work is given to nobody else; added meanwhile, it comes again when the work is done;
 * - first come, first served;
 * - a key that failed comes again after a wait of its own, which grows until it is forgotten.
 */
export interface Workqueue {
  /** Keys that wait; not those in work, nor those delayed. */
  readonly depth: number;
  add(key: string): void;
  /** Adds it then. Of several delays of one key the earliest counts. */
  addAfter(key: string, ms: number): void;
  /** It failed: adds it after its back-off. */
  addRateLimited(key: string): void;
  /** It succeeded: its back-off begins anew. */
  forget(key: string): void;
  /** The next key, as soon as there is one; undefined when the queue is closed and nothing is left. */
  get(): Promise<string | undefined>;
  /** The work on a key that `get` gave has ended, one way or the other. */
  done(key: string): void;
  /**
   * Takes no more keys and forgets the delayed ones. `drain`: those that wait are still given out; `drop`: not even
   * those. Settles when no work is under way.
   */
  close(how: 'drain' | 'drop'): Promise<void>;
}

/** For metrics. Called synchronously; must not throw. */
export interface QueueObserver {
  /** After each change. */
  depth?(keys: number): void;
  added?(): void;
  retried?(): void;
  /** From being added to being taken. */
  waited?(ms: number): void;
  worked?(ms: number): void;
}

export interface WorkqueueDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Default 5 ms doubling to 1000 s, client-go's, half of it jitter. */
  readonly backoff?: BackoffOptions;
  readonly observer?: QueueObserver;
}

const defaultBackoff: BackoffOptions = { baseMs: 5, maxMs: 1_000_000 };

export function createWorkqueue(deps: WorkqueueDeps): Workqueue {
  const { clock, random, backoff = defaultBackoff, observer = {} } = deps;
  const queue = createFifo<string>();
  /** When each key was added that waits, or that is to come again after its work. */
  const wanted = new Map<string, number>();
  /** When the work on each key began. */
  const inWork = new Map<string, number>();
  const delayed = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  const failures = new Map<string, number>();
  const takers = createFifo<(key: string | undefined) => void>();
  const idle = Promise.withResolvers<undefined>();
  let isClosed = false;

  function enqueue(key: string): void {
    const taker = takers.shift();
    if (taker === undefined) {
      queue.push(key);
      observer.depth?.(queue.size);
    } else taker(begin(key));
  }

  function begin(key: string): string {
    const now = clock.monotonic();
    observer.waited?.(now - (wanted.get(key) ?? now));
    wanted.delete(key);
    inWork.set(key, now);
    return key;
  }

  function add(key: string): void {
    if (isClosed || wanted.has(key)) return;
    wanted.set(key, clock.monotonic());
    observer.added?.();
    if (!inWork.has(key)) enqueue(key);
  }

  function addAfter(key: string, ms: number): void {
    if (isClosed) return;
    if (ms <= 0) {
      add(key);
      return;
    }
    const at = clock.monotonic() + ms;
    const known = delayed.get(key);
    if (known !== undefined && known.at <= at) return;
    known?.cancel();
    const cancel = clock.after(ms, () => {
      delayed.delete(key);
      add(key);
    });
    delayed.set(key, { at, cancel });
  }

  function settle(): void {
    if (!isClosed || queue.size > 0 || inWork.size > 0) return;
    for (let taker = takers.shift(); taker !== undefined; taker = takers.shift()) taker(undefined);
    idle.resolve(undefined);
  }

  return {
    get depth() {
      return queue.size;
    },
    add,
    addAfter,
    addRateLimited(key) {
      const failed = failures.get(key) ?? 0;
      failures.set(key, failed + 1);
      observer.retried?.();
      addAfter(key, backoffMs(failed, backoff, random));
    },
    forget(key) {
      failures.delete(key);
    },
    get() {
      const key = queue.shift();
      if (key !== undefined) {
        observer.depth?.(queue.size);
        return Promise.resolve(begin(key));
      }
      if (isClosed && inWork.size === 0) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        takers.push(resolve);
      });
    },
    done(key) {
      const startedAt = inWork.get(key);
      if (startedAt === undefined) return;
      inWork.delete(key);
      observer.worked?.(clock.monotonic() - startedAt);
      if (wanted.has(key)) enqueue(key);
      settle();
    },
    close(how) {
      isClosed = true;
      for (const { cancel } of delayed.values()) cancel();
      delayed.clear();
      if (how === 'drop') {
        queue.clear();
        wanted.clear();
        observer.depth?.(0);
      }
      settle();
      return idle.promise;
    },
  };
}
