import type { AspectName, Intent, Slot, Wish, Wished } from '../../src/placement/intent.js';

/** An intent that wants just these, all as wishes of one aspect. */
export function intentWith(wishes: readonly Wish[], aspect: AspectName = 'env'): Intent {
  const of = <S extends Slot>(slot: S) =>
    wishes
      .filter((wish) => wish.slot === slot)
      .map((wish) => ({ ...wish, aspect })) as unknown as Wished<S>[];
  return {
    policy: 'nightly',
    providers: ['kwok'],
    slots: {
      toleration: of('toleration'),
      timedToleration: of('timedToleration'),
      requiredAffinity: of('requiredAffinity'),
      preferredAffinity: of('preferredAffinity'),
      label: of('label'),
      annotation: of('annotation'),
      env: of('env'),
      agentEnv: of('agentEnv'),
      schedulerName: of('schedulerName'),
      podFailureRule: of('podFailureRule'),
      notOffered: of('notOffered'),
    },
  };
}
