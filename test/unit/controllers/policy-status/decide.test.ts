import { describe, expect, it } from 'vitest';
import {
  decideStatus,
  emptyTally,
  type StatusFacts,
} from '../../../../src/controllers/policy-status/decide.js';
import { parsePolicy } from '../../../../src/policy/parse.js';
import { policy, policyDocument } from '../../../support/policy.js';

const now = '2026-05-01T00:00:00Z';
const later = '2026-05-02T00:00:00Z';

const facts = (more: Partial<StatusFacts['policy']> = {}, rest: Partial<StatusFacts> = {}): StatusFacts => ({
  policy: { generation: 3, faults: [], serves: policy('a'), status: undefined, ...more },
  tally: emptyTally,
  warnings: [],
  observe: false,
  now,
  ...rest,
});

const faultsOf = (spec: Record<string, unknown>) => {
  const parsed = parsePolicy(policyDocument('a', spec));
  return parsed.ok ? [] : parsed.faults;
};

const conditions = (given: StatusFacts) =>
  (decideStatus(given)?.['conditions'] ?? []) as readonly Record<string, unknown>[];

describe('decideStatus', () => {
  it('says of a good policy that it is accepted and serves', () => {
    expect(decideStatus(facts())).toEqual({
      observedGeneration: 3,
      conditions: [
        {
          type: 'Accepted',
          status: 'True',
          reason: 'Valid',
          message: 'nothing is wrong with it',
          observedGeneration: 3,
          lastTransitionTime: now,
        },
        {
          type: 'Active',
          status: 'True',
          reason: 'Serving',
          message: 'it decides about the workloads that it matches',
          observedGeneration: 3,
          lastTransitionTime: now,
        },
      ],
      workloads: { placed: 0, missed: 0, outdated: 0, leftAlone: 0, skipped: [] },
    });
  });

  it('tells every fault with its place, a line each', () => {
    const faults = faultsOf({
      rolloutPercent: 101,
      placement: { type: 'VirtualOnly', providers: [{ name: 'no' }] },
    });
    const [accepted, active] = conditions(facts({ faults }));
    expect(accepted).toMatchObject({ status: 'False', reason: 'Invalid' });
    expect(String(accepted?.['message']).split('\n')).toEqual([
      'spec.rolloutPercent: expected at most 100, got number 101',
      expect.stringMatching(/^spec\.placement\.providers\[0\]\.name: expected one of .*, got "no"$/),
    ]);
    expect(active).toMatchObject({ status: 'True', reason: 'LastGoodServes' });
  });

  it.each([
    [
      'never was without a fault',
      facts({ faults: faultsOf({ mode: 'x' }), serves: undefined }),
      'NotAccepted',
    ],
    ['observes', facts({ serves: policy('a', { mode: 'Observe' }) }), 'Observing'],
    ['is turned to Observe', facts({}, { observe: true }), 'Observing'],
  ])('says that a policy is not active that %s', (_, given, reason) => {
    expect(conditions(given)[1]).toMatchObject({ type: 'Active', status: 'False', reason });
  });

  it('tells warnings of a policy that is accepted', () => {
    const [accepted] = conditions(facts({}, { warnings: ['spec.mode: one', 'spec.env: two'] }));
    expect(accepted).toMatchObject({
      status: 'True',
      reason: 'ValidWithWarnings',
      message: 'spec.mode: one\nspec.env: two',
    });
  });

  it('counts, with the reasons in order', () => {
    const skipped = new Map([
      ['opted-out', 2],
      ['host-network', 1],
    ]);
    const status = decideStatus(facts({}, { tally: { placed: 5, missed: 1, outdated: 2, skipped } }));
    expect(status?.['workloads']).toEqual({
      placed: 5,
      missed: 1,
      outdated: 2,
      leftAlone: 3,
      skipped: [
        { reason: 'host-network', count: 1 },
        { reason: 'opted-out', count: 2 },
      ],
    });
  });

  it('writes nothing twice, and lets conditions of others stand beside', () => {
    const written = decideStatus(facts());
    const other = { type: 'LogsReady', status: 'True' };
    const status = { ...written, conditions: [other, ...(written?.['conditions'] as object[])] };
    expect(decideStatus(facts({ status }, { now: later }))).toBeUndefined();
  });

  it('moves the time of a condition only with its status', () => {
    const status = decideStatus(facts());
    const next = conditions(
      facts({ status, generation: 4, serves: policy('a', { mode: 'Observe' }) }, { now: later }),
    );
    expect(next.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([now, later]);
  });

  it('cuts a message that an API server would refuse', () => {
    const [accepted] = conditions(facts({}, { warnings: ['x'.repeat(40_000)] }));
    expect(String(accepted?.['message']).length).toBeLessThan(32_768);
  });
});
