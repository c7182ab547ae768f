import type { Random } from '../telemetry/clock.js';

export interface BackoffOptions {
  /** Milliseconds, the first wait. */
  readonly baseMs: number;
  /** Milliseconds, no wait is longer. */
  readonly maxMs: number;
  /** Share of a wait that is random, 0..1. Default 0.5: a wait of 1 s lasts 0.5 to 1 s. */
  readonly jitter?: number;
}

/** How long to wait after the n-th failure in a row (0: the first): doubles up to the limit, then jittered. */
export function backoffMs(failures: number, options: BackoffOptions, random: Random): number {
  const { baseMs, maxMs, jitter = 0.5 } = options;
  const whole = Math.min(maxMs, baseMs * 2 ** failures);
  return whole * (1 - jitter * random());
}
