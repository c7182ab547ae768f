import { optionMarks, type OptionValues } from '../../providers/options.js';
import type { Wish } from '../intent.js';
import type { Aspect, ChosenProvider } from './aspect.js';

/**
 * What the provider reads off the pod: its steering label or annotation, the policy's options, and the preset's own
 * annotations, which an option with the same key replaces.
 */
export const providerMarks: Aspect = {
  name: 'provider',
  wishes: (policy, chosen) =>
    chosen.flatMap((one) => [...steeringMarks(one, policy.spec.placement.type), ...optionWishes(one)]),
};

function steeringMarks(
  { provider: { steering } }: ChosenProvider,
  type: 'VirtualOnly' | 'PreferVirtual' | 'PreferReal',
): Wish[] {
  if (steering.way !== 'label' && steering.way !== 'annotation') return [];
  const { way } = steering;
  return Object.entries(steering.marks[type] ?? {}).map(([key, value]) => ({ slot: way, key, value }));
}

function optionWishes({ provider, choice }: ChosenProvider): Wish[] {
  const { annotations, labels } = optionMarks(provider, choice.options as OptionValues);
  const defaults = (provider.annotations ?? []).filter(({ key }) => !Object.hasOwn(annotations, key));
  return [
    ...Object.entries(labels).map(([key, value]): Wish => ({ slot: 'label', key, value })),
    ...Object.entries(annotations).map(([key, value]): Wish => ({ slot: 'annotation', key, value })),
    ...defaults.map(({ key, value }): Wish => ({ slot: 'annotation', key, value })),
  ];
}
