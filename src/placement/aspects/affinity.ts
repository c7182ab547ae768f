import { deepEqual } from '../../objects/json.js';
import type { NodeSelectorTerm, SelectorRequirement } from '../../objects/pod.js';
import type { TolerationSteering } from '../../providers/provider.js';
import type { Wish } from '../intent.js';
import type { Aspect } from './aspect.js';

interface Steered {
  readonly steering: TolerationSteering;
  readonly weight: number;
}

/**
 * Node affinity by placement. VirtualOnly: required, one alternative a provider, and weights where there are
 * several. PreferVirtual: a preferred term a provider. PreferReal: ordinary nodes at weight 100, and below half of
 * that the providers among themselves.
 */
export const affinity: Aspect = {
  name: 'affinity',
  wishes(policy, chosen) {
    const steered = chosen.flatMap(({ provider: { steering }, weight }): Steered[] =>
      steering.way === 'toleration' ? [{ steering, weight }] : [],
    );
    if (steered.length === 0) return [];
    switch (policy.spec.placement.type) {
      case 'VirtualOnly':
        return [
          { slot: 'requiredAffinity', terms: unique(steered.map(({ steering }) => onto(steering))) },
          ...ranked(steered, 1),
        ];
      case 'PreferVirtual':
        return unique(steered.map(({ steering, weight }) => preferred(weight, onto(steering))));
      case 'PreferReal':
        return [
          preferred(100, { matchExpressions: unique(steered.map(({ steering }) => away(steering))) }),
          ...ranked(steered, 2),
        ];
      default:
        return policy.spec.placement.type satisfies never;
    }
  },
};

/** With one provider there is nothing to rank. */
const ranked = (steered: readonly Steered[], divisor: number): Wish[] =>
  steered.length < 2
    ? []
    : unique(
        steered.map(({ steering, weight }) =>
          preferred(Math.max(1, Math.floor(weight / divisor)), onto(steering)),
        ),
      );

/** Providers may share their labels. */
const unique = <T>(values: readonly T[]): T[] =>
  values.filter((value, i) => values.findIndex((other) => deepEqual(other, value)) === i);

const preferred = (weight: number, preference: NodeSelectorTerm): Wish => ({
  slot: 'preferredAffinity',
  value: { weight, preference },
});

const onto = ({ select }: TolerationSteering): NodeSelectorTerm => ({
  matchExpressions: select.map(({ key, value }): SelectorRequirement =>
    value === undefined ? { key, operator: 'Exists' } : { key, operator: 'In', values: [value] },
  ),
});

/** Off the provider's nodes: its first label alone tells them from ordinary ones. */
function away({ select: [first] }: TolerationSteering): SelectorRequirement {
  const { key, value } = first;
  return value === undefined
    ? { key, operator: 'DoesNotExist' }
    : { key, operator: 'NotIn', values: [value] };
}
