/** How many may pass: `burst` at once after a pause, then `perSecond`. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A token bucket by arithmetic alone: milliseconds from `at` until the last of `count` has passed, after all those that
 * were asked for before. `at` never decreases. A queue without end, first come first served.
 */
export function createWaiting({ perSecond, burst }: Rate): (at: number, count: number) => number {
  let tokens = burst;
  let last: number | undefined;
  return (at, count) => {
    const filled = last === undefined ? burst : tokens + ((at - last) / 1000) * perSecond;
    tokens = Math.min(burst, filled) - count;
    last = at;
    return tokens >= 0 ? 0 : (-tokens / perSecond) * 1000;
  };
}
