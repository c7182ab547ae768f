/** The value below which `share` (0..1) of the values lie; of an even number of values the upper one. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new Error('nothing was measured');
  return value;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The median, and between which values the middle half lies: what one run tells on a machine that others use too. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});

/** Round by round: what drifts, drifts in both. */
export const ratios = (values: readonly number[], others: readonly number[]): number[] =>
  values.map((value, i) => value / (others[i] ?? Number.NaN));

export const showSpread = ({ median: middle, low, high }: Spread, digits = 2): string =>
  `${middle.toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)})`;
