import type { Clock } from '../../telemetry/clock.js';

export interface Bucket {
  /** Milliseconds to wait for the next token; it is taken. In order of asking. */
  reserve(): number;
  /** Settles when the token is there. */
  take(): Promise<void>;
}

/**
 * golang.org/x/time/rate as client-go's flow control uses it: `burst` tokens to begin with, `qps` a second after, and
 * whoever waits has reserved its turn. `qps` 0: no limit.
 */
export function createBucket(
  { qps, burst }: { readonly qps: number; readonly burst: number },
  clock: Clock,
): Bucket {
  let tokens = burst;
  let last = clock.monotonic();

  function reserve(): number {
    if (qps === 0) return 0;
    const now = clock.monotonic();
    tokens = Math.min(burst, tokens + ((now - last) * qps) / 1000);
    last = now;
    tokens -= 1;
    // A billionth of a token is rounding, not waiting.
    return tokens >= -1e-9 ? 0 : (-tokens / qps) * 1000;
  }

  return {
    reserve,
    async take() {
      const wait = reserve();
      if (wait > 0) await clock.sleep(wait);
    },
  };
}
