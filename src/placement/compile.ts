import type { Policy } from '../policy/policy.js';
import type { PlacementType, Provider } from '../providers/provider.js';
import type { ChosenProvider } from './aspects/aspect.js';
import { aspects } from './aspects/registry.js';
import type { Prospect } from './gate.js';
import type { Intent, Slot, Wish, Wished } from './intent.js';

/** A policy, ready to be merged many times. */
export interface CompiledPolicy {
  readonly policy: Policy;
  /** The providers that can do what the policy asks, together, in order of preference. */
  readonly chosen: readonly ChosenProvider[];
  /** For each of the chosen, what moving there would do to a pod. */
  readonly prospects: readonly Prospect[];
  /** What is wanted where only `runnable` of the chosen can run a workload. Compiled on first use. */
  intentFor(runnable: readonly ChosenProvider[]): Intent;
}

/** `providers` holds every provider that the policy names. */
export function compile(policy: Policy, providers: ReadonlyMap<string, Provider>): CompiledPolicy {
  const named = policy.spec.placement.providers.flatMap((choice, i): ChosenProvider[] => {
    const provider = providers.get(choice.name);
    return provider ? [{ provider, choice, weight: choice.weight ?? Math.max(1, 100 - 10 * i) }] : [];
  });
  const { chosen, leftOut } = steerTogether(named, policy.spec.placement.type);
  const intents = new Map<string, Intent>();
  const intentFor = (runnable: readonly ChosenProvider[]): Intent => {
    const key = runnable.map(({ provider }) => provider.name).join();
    const intent = intents.get(key) ?? compileIntent(policy, runnable, leftOut);
    intents.set(key, intent);
    return intent;
  };
  const prospects = chosen.map((one) => prospectOf(policy, intentFor([one])));
  return { policy, chosen, prospects, intentFor };
}

function prospectOf(policy: Policy, { slots: { agentEnv, annotation } }: Intent): Prospect {
  return {
    bound: policy.spec.placement.type === 'VirtualOnly',
    takesAway: agentEnv.flatMap(({ names }) => names),
    annotates: new Set(annotation.map(({ key }) => key)),
  };
}

/**
 * Providers that cannot do the placement are left out. A provider that is steered by a mark or from outside takes
 * the whole pod, so it is used alone where it comes first, and left out where it does not.
 */
export function steerTogether(
  named: readonly ChosenProvider[],
  type: PlacementType,
): { readonly chosen: readonly ChosenProvider[]; readonly leftOut: readonly Wish[] } {
  const able = named.filter(({ provider }) => offers(provider, type));
  const first = able[0]?.provider.steering.way;
  const chosen =
    first === 'toleration' ? able.filter((one) => one.provider.steering.way === first) : able.slice(0, 1);
  const leftOut = named
    .filter((one) => !chosen.includes(one))
    .map(({ provider }): Wish => ({
      slot: 'notOffered',
      item: `provider ${provider.name}`,
      because: offers(provider, type) ? 'steering-excluded' : 'placement-not-offered',
    }));
  return { chosen, leftOut };
}

export function offers({ steering }: Provider, type: PlacementType): boolean {
  switch (steering.way) {
    case 'toleration':
      return true;
    case 'label':
    case 'annotation':
      return steering.marks[type] !== undefined;
    case 'outside':
      return steering.placements.includes(type);
    default:
      return steering satisfies never;
  }
}

function compileIntent(policy: Policy, chosen: readonly ChosenProvider[], leftOut: readonly Wish[]): Intent {
  const wishes = [
    ...leftOut.map((wish) => ({ ...wish, aspect: 'provider' as const })),
    ...aspects.flatMap((aspect) =>
      aspect.wishes(policy, chosen).map((wish) => ({ ...wish, aspect: aspect.name })),
    ),
  ];
  const of = <S extends Slot>(slot: S) =>
    wishes.filter((wish) => wish.slot === slot) as unknown as Wished<S>[];
  return {
    policy: policy.metadata.name,
    providers: chosen.map(({ provider }) => provider.name),
    slots: {
      toleration: of('toleration'),
      timedToleration: of('timedToleration'),
      requiredAffinity: of('requiredAffinity'),
      preferredAffinity: of('preferredAffinity'),
      label: lastOf(of('label'), ({ key }) => key),
      annotation: lastOf(of('annotation'), ({ key }) => key),
      env: lastOf(of('env'), ({ value }) => value.name),
      agentEnv: of('agentEnv'),
      schedulerName: of('schedulerName'),
      podFailureRule: of('podFailureRule'),
      notOffered: of('notOffered'),
    },
  };
}

/** One wish a key: the last one, which is the nearest to what the policy says. */
const lastOf = <T>(wishes: readonly T[], key: (wish: T) => string): T[] => [
  ...new Map(wishes.map((wish) => [key(wish), wish])).values(),
];
