import type { Aspect, ChosenProvider } from '../../src/placement/aspects/aspect.js';
import { compiled } from './build.js';
import { deepFreeze } from './freeze.js';
import { policy } from './policy.js';

/** What an aspect wants of a policy whose spec states only what the test is about. */
export function wishesOf(aspect: Aspect, spec: Record<string, unknown> = {}) {
  const parsed = deepFreeze(policy('nightly', spec));
  return aspect.wishes(parsed, deepFreeze(chosenFrom(spec)));
}

export function chosenFrom(spec: Record<string, unknown>): readonly ChosenProvider[] {
  return compiled(policy('nightly', spec)).chosen;
}

/** Placement on these providers, in this order. */
export const on = (type: string, ...names: string[]) => ({
  placement: { type, providers: names.map((name) => ({ name })) },
});
