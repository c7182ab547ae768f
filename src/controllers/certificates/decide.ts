import type { AuthorityStep, AuthorityTexts } from '../../certs/plan.js';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** What the authority is after a step; `made`: a new pair, for those steps that need one. */
export function afterStep(
  before: AuthorityTexts,
  step: AuthorityStep,
  made: Pair | undefined,
  now: number,
): AuthorityTexts {
  const none = { nextCert: '', nextKey: '' };
  switch (step) {
    case 'keep':
      return before;
    case 'create':
      // Leaves that the lost one signed may still be served: whoever trusts it goes on to.
      return { ...none, ...filled(made), previousCert: before.cert, changedAt: now };
    case 'introduce':
      return { ...before, nextCert: filled(made).cert, nextKey: filled(made).key, changedAt: now };
    case 'promote':
      return {
        ...none,
        cert: before.nextCert,
        key: before.nextKey,
        previousCert: before.cert,
        changedAt: now,
      };
    case 'retire':
      return { ...before, previousCert: '', changedAt: now };
    default:
      return step satisfies never;
  }
}

const filled = (made: Pair | undefined): Pair => made ?? { cert: '', key: '' };
