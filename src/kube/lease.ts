import type { Clock, Random } from '../telemetry/clock.js';
import type { Client } from './client.js';
import { createDeadline } from './deadline.js';
import { kindOf } from './errors.js';
import { createLeaseLock, type Held } from './lease-lock.js';

/** A time in office. */
export interface Term {
  /**
   * Grows with every term of every replica (the Lease's `leaseTransitions`), for as long as nobody deletes the
   * Lease: a fence for what can compare it.
   */
  readonly number: number;
  /** Aborts when the lease could not be renewed in time: all writes end. */
  readonly signal: AbortSignal;
  /** Whether a write may begin now. By the clock, so it is right even where a blocked event loop delays the signal. */
  isValid(): boolean;
}

export interface ElectionDeps {
  readonly client: Pick<Client, 'get' | 'create' | 'update'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly namespace: string;
  readonly name: string;
  /** Unlike that of any other process, now or later: the pod's name and something random. */
  readonly identity: string;
  /** Default: client-go's 15 s, 10 s and 2 s. */
  readonly durations?: LeaseDurations;
  /**
   * The leader's work. It ends when `term.signal` aborts (it has no right to write any more) or when `stop` does (in
   * good order, the lease is renewed until it has). No new term begins before that. Where it ends by itself the
   * lease is released, and the election goes on.
   */
  readonly lead: (term: Term, stop: AbortSignal) => Promise<void>;
  /** Told of requests that failed, and of what `lead` threw. */
  readonly onFault?: (error: unknown) => void;
}

export interface LeaseDurations {
  /** How long others wait after they last saw the holder renew. */
  readonly leaseMs: number;
  /** How long the holder goes on after it last renewed. The difference is the time that its last writes have. */
  readonly renewMs: number;
  /** Between two tries. */
  readonly retryMs: number;
}

export interface Election {
  /** Takes part until the signal aborts; then the work ends, the lease is released, and it settles. Never rejects. */
  run(stop: AbortSignal): Promise<void>;
  readonly isLeader: boolean;
  /** Who holds the lease as far as is known; empty for nobody. */
  readonly holder: string;
}

const defaultDurations: LeaseDurations = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2000 };

/** client-go's: who found the lease taken comes back after 1 to 2.2 times the retry period. */
const jitter = 1.2;

/** One leader among replicas, by a Lease and its resourceVersion. No clock of another machine is trusted. */
export function createElection(deps: ElectionDeps): Election {
  const { clock, random, onFault } = deps;
  const { leaseMs, renewMs, retryMs } = deps.durations ?? defaultDurations;
  const lock = createLeaseLock({ ...deps, leaseMs, timeoutMs: renewMs / 2 });
  let term: Term | undefined;

  async function attempt<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (kindOf(error) !== 'aborted') onFault?.(error);
      return undefined;
    }
  }

  async function serve(held: Held, stop: AbortSignal): Promise<void> {
    const lost = new AbortController();
    let validUntil = held.from + renewMs;
    const office = createDeadline(clock, validUntil - clock.monotonic(), lost.signal);
    const { signal } = office;
    const isValid = () => !signal.aborted && clock.monotonic() < validUntil;
    const current = { number: held.number, signal, isValid };
    term = current;
    const finished = new AbortController();
    const work = attempt(() => deps.lead(current, stop)).finally(() => {
      finished.abort();
    });

    for (;;) {
      await clock.sleep(retryMs, AbortSignal.any([finished.signal, signal]));
      if (finished.signal.aborted || !isValid()) break;
      const renewed = await attempt(() => lock.renew(signal));
      if (renewed !== undefined) {
        validUntil = renewed.from + renewMs;
        office.extend(validUntil - clock.monotonic());
      } else if (lock.holder !== deps.identity)
        lost.abort(new Error(`the lease is held by "${lock.holder}"`));
    }

    // A no-op where the deadline has done it; it may be late.
    if (!finished.signal.aborted) lost.abort(new Error('the lease is lost'));
    await work;
    term = undefined;
    office.clear();
    if (isValid()) await attempt(() => lock.release());
  }

  return {
    get isLeader() {
      return term?.isValid() ?? false;
    },
    get holder() {
      return lock.holder;
    },
    async run(stop) {
      while (!stop.aborted) {
        const held = await attempt(() => lock.take(stop));
        if (held !== undefined) await serve(held, stop);
        await clock.sleep(retryMs * (1 + jitter * random()), stop);
      }
    },
  };
}
