import { describe, expect, it } from 'vitest';
import { createWarnings } from '../../../../src/controllers/policy-status/warnings.js';
import type { Snapshot } from '../../../../src/placement/snapshot.js';
import { policy } from '../../../support/policy.js';
import { snapshot } from '../../../support/snapshot.js';

const preferReal = (name: string) => ({ placement: { type: 'PreferReal', providers: [{ name }] } });

describe('createWarnings', () => {
  it('tells what a provider cannot do, with its place', () => {
    const warnings = createWarnings(() => snapshot([policy('a', preferReal('alibaba-acs'))]));
    expect(warnings('a')).toEqual([
      'spec.placement.type: provider alibaba-acs: the provider cannot do this type of placement',
    ]);
  });

  it('is silent about a policy without a warning, and one that does not serve', () => {
    const warnings = createWarnings(() => snapshot([policy('a')]));
    expect([warnings('a'), warnings('b')]).toEqual([[], []]);
  });

  it('follows the policies that serve', () => {
    let serving: Snapshot | undefined;
    const warnings = createWarnings(() => serving);
    expect(warnings('b')).toEqual([]);
    serving = snapshot([policy('a'), policy('b')]);
    expect(warnings('b')).toEqual([
      'spec.match: never reached: a comes first and matches all that this one matches',
    ]);
    serving = snapshot([policy('b')]);
    expect(warnings('b')).toEqual([]);
  });
});
