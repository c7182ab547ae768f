import type { Random } from '../telemetry/clock.js';
import { backoffMs } from './backoff.js';
import type { KubeError } from './errors.js';

export interface Attempt {
  /** How often it failed before this failure. */
  readonly failures: number;
  /** How often it may be tried again at most. */
  readonly retries: number;
  /** It only reads, so twice is as good as once. */
  readonly readOnly: boolean;
}

/** From a quarter of a second, so that five tries take about four seconds, up to five seconds each. */
const backoff = { baseMs: 250, maxMs: 5000 };

/** A server that asks for more than this gets its answer back to the caller, who may have other work. */
const longestWaitMs = 60_000;

/**
 * Milliseconds to wait before trying again; undefined: do not.
 *
 * - throttled: the server did nothing. Not where a disruption budget is the cause: that is a decision, not load.
 * - unreachable, server: a read, or a write of which no byte left.
 * - unauthorized: once, at once, with a new credential.
 * - timeout: never; the caller has waited for long, and a write may have been done.
 */
export function retryWaitMs(error: KubeError, attempt: Attempt, random: Random): number | undefined {
  if (attempt.failures >= attempt.retries || !isWorthIt(error, attempt)) return undefined;
  if (error.kind === 'unauthorized') return 0;
  const own = backoffMs(attempt.failures, backoff, random);
  if (error.retryAfterMs === undefined) return own;
  if (error.retryAfterMs > longestWaitMs) return undefined;
  // Never earlier than asked for, and not all at the same moment.
  return error.retryAfterMs + own * random();
}

function isWorthIt(error: KubeError, { failures, readOnly }: Attempt): boolean {
  switch (error.kind) {
    case 'throttled':
      return !error.causes.includes('DisruptionBudget');
    case 'unreachable':
      return readOnly || error.effect === 'nothing';
    case 'server':
      return readOnly;
    case 'unauthorized':
      return failures === 0;
    default:
      return false;
  }
}
