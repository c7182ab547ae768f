import type { Clock, Random } from '../telemetry/clock.js';
import { createDeadline, type Deadline } from './deadline.js';
import type { Denied } from './denied.js';
import { KubeError } from './errors.js';
import type { Lane, LaneName } from './lane.js';
import { retryWaitMs } from './retry.js';
import { errorOfAnswer } from './status.js';
import type { Transport, WireAnswer, WireRequest } from './transport.js';

export interface Call extends Omit<WireRequest, 'signal'> {
  readonly lane: LaneName;
  /** Milliseconds for one try on the wire, to the end of the answer; waiting in the lane is not counted. */
  readonly timeoutMs: number;
  /** How often it may be tried again. */
  readonly retries: number;
  /** Ends it whenever it aborts: waiting, sending or reading. */
  readonly signal?: AbortSignal | undefined;
}

/** How one try ended, for metrics. */
export interface CallOutcome {
  readonly method: WireRequest['method'];
  readonly lane: LaneName;
  /** `success` or the error's kind. */
  readonly outcome: string;
  /** Of `forbidden`: what no role allows. */
  readonly denied?: Denied | undefined;
  readonly durationMs: number;
}

export interface RequesterDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly lanes: Readonly<Record<LaneName, Lane>>;
  readonly observe?: ((outcome: CallOutcome) => void) | undefined;
}

export interface StreamOptions {
  readonly idleMs: number;
  /** Called when the head of the answer has come. */
  readonly onOpen?: (() => void) | undefined;
}

export interface Requester {
  /** The body of a 2xx answer, tried again where that is safe. @throws KubeError */
  text(call: Call): Promise<string>;
  /**
   * The body of a 2xx answer as it arrives; one try. Leaving the loop ends the request.
   * @throws KubeError `timeout` when nothing came for `idleMs`
   */
  stream(call: Call, options: StreamOptions): AsyncIterable<Uint8Array>;
}

export function createRequester(deps: RequesterDeps): Requester {
  const { transport, clock, random, lanes } = deps;

  async function enter(call: Call): Promise<() => void> {
    const leave = await lanes[call.lane].enter(call.signal ?? never);
    if (leave === undefined) throw endedUnsent(call);
    return leave;
  }

  /** One try, timed and counted. */
  async function once<T>(
    call: Call,
    deadline: Deadline,
    read: (answer: WireAnswer) => Promise<T>,
  ): Promise<T> {
    const startedAt = clock.monotonic();
    let outcome = 'success';
    let denied: Denied | undefined;
    try {
      const answer = await transport.send({ ...call, signal: deadline.signal });
      if (answer.status >= 200 && answer.status <= 299) return await read(answer);
      const { status, retryAfter } = answer;
      throw errorOfAnswer(call, { status, retryAfter, body: await answer.text() }, clock.now());
    } catch (error) {
      const known = inTime(call, deadline, error);
      outcome = known instanceof KubeError ? known.kind : 'server';
      if (known instanceof KubeError) ({ denied } = known);
      if (outcome === 'unauthorized') transport.renew();
      throw known;
    } finally {
      const durationMs = clock.monotonic() - startedAt;
      deps.observe?.({ method: call.method, lane: call.lane, outcome, denied, durationMs });
    }
  }

  /** Milliseconds to wait before the next try; throws where there is none. */
  function waitAfter(call: Call, error: unknown, failures: number): number {
    if (!(error instanceof KubeError)) throw error;
    const attempt = { failures, retries: call.retries, readOnly: call.method === 'GET' };
    const waitMs = retryWaitMs(error, attempt, random);
    if (waitMs === undefined) throw error;
    // The server means all of this kind of traffic, not the one request that happened to be told.
    if (error.kind === 'throttled') lanes[call.lane].pause(error.retryAfterMs ?? 0);
    return waitMs;
  }

  return {
    async text(call) {
      for (let failures = 0; ; failures += 1) {
        const leave = await enter(call);
        const deadline = createDeadline(clock, call.timeoutMs, call.signal);
        let waitMs: number;
        try {
          return await once(call, deadline, (answer) => answer.text());
        } catch (error) {
          waitMs = waitAfter(call, error, failures);
        } finally {
          deadline.clear();
          leave();
        }
        if (waitMs > 0) await clock.sleep(waitMs, call.signal);
      }
    },

    async *stream(call, { idleMs, onOpen }) {
      const leave = await enter(call);
      const deadline = createDeadline(clock, call.timeoutMs, call.signal);
      try {
        const answer = await once(call, deadline, (head) => Promise.resolve(head)).finally(leave);
        onOpen?.();
        deadline.extend(idleMs);
        for await (const chunk of answer.chunks()) {
          yield chunk;
          deadline.extend(idleMs);
        }
      } catch (error) {
        throw inTime(call, deadline, error);
      } finally {
        deadline.clear();
      }
    },
  };
}

/** For callers without a signal of their own. */
const never = new AbortController().signal;

/** The error itself, unless it was our deadline that caused it. */
function inTime(call: Call, deadline: Deadline, error: unknown): unknown {
  if (!deadline.expired || (error instanceof KubeError && error.kind === 'timeout')) return error;
  const message = `${call.method} ${call.path}: expected an answer in time, came nothing for too long`;
  return new KubeError(message, { kind: 'timeout', effect: 'unknown' }, { cause: error });
}

function endedUnsent(call: Call): KubeError {
  return new KubeError(`${call.method} ${call.path}: ended before it was sent`, { kind: 'aborted' });
}
