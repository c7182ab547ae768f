import type { Policy, PolicyProvider } from '../../policy/policy.js';
import type { Provider } from '../../providers/provider.js';
import type { AspectName, Wish } from '../intent.js';

/** A provider that a policy names, with what the policy says of it. */
export interface ChosenProvider {
  readonly provider: Provider;
  readonly choice: PolicyProvider;
  /** 1..100; the choice's own, or by its place: 100, 90, 80 … */
  readonly weight: number;
}

/**
 * One part of a policy: policy × providers → its part of the intent. Pure. What a provider cannot do is a
 * `notOffered` wish, never an error.
 */
export interface Aspect {
  readonly name: AspectName;
  wishes(policy: Policy, chosen: readonly ChosenProvider[]): readonly Wish[];
}
