import type { Taint, Toleration } from './pod.js';

/** Whether `toleration` lets a pod bear `taint`, as core/v1 `ToleratesTaint` decides it. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  return covers(
    { ...toleration, tolerationSeconds: undefined },
    { key: taint.key, operator: 'Equal', value: taint.value, effect: taint.effect },
  );
}

/** The same by (key, operator, value, effect): what makes tolerations a set. */
export function sameToleration(a: Nullable, b: Nullable): boolean {
  const one = normal(a);
  const other = normal(b);
  return (
    one.key === other.key &&
    one.operator === other.operator &&
    one.value === other.value &&
    one.effect === other.effect
  );
}

/** Whether every taint that `narrow` tolerates is tolerated, for ever, by `wide` too. */
export function covers(wide: Nullable, narrow: Nullable): boolean {
  const one = normal(wide);
  const other = normal(narrow);
  if ((wide.tolerationSeconds ?? null) !== null) return false;
  if (one.effect !== '' && one.effect !== other.effect) return false;
  if (one.operator === 'Exists') return one.key === '' || one.key === other.key;
  return isEqual(one) && isEqual(other) && one.key === other.key && one.value === other.value;
}

const isEqual = ({ operator, key }: ReturnType<typeof normal>): boolean => operator === 'Equal' && key !== '';

/** A toleration as it may come in: any field null or absent. */
type Nullable = { readonly [F in keyof Toleration]?: Toleration[F] | null | undefined };

const normal = (t: Nullable) => ({
  key: t.key ?? '',
  operator: (t.operator ?? '') || 'Equal',
  value: t.value ?? '',
  effect: t.effect ?? '',
});
