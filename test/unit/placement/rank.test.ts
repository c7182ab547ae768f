import { describe, expect, it } from 'vitest';
import { rankAmong, type RankedPod } from '../../../src/placement/rank.js';

const running: RankedPod = { isBound: true, phase: 'Running', ready: true, deletionCost: undefined };
const marked = { ...running, deletionCost: '-100' };

describe('rankAmong', () => {
  it.each([
    ['unbound', { isBound: false, phase: 'Pending' }],
    ['pending', { phase: 'Pending', ready: false }],
    ['of an unknown state', { phase: 'Unknown' }],
    ['not ready', { ready: false }],
    ['of a lower cost', { deletionCost: '-101' }],
  ])('puts a pod that is %s before a marked one', (_, more) => {
    expect(rankAmong(marked, [{ ...running, ...more }])).toEqual({
      others: 1,
      before: 1,
      alike: 0,
      after: 0,
    });
  });

  it('counts those that go before it, after it, and that are like it', () => {
    const others = [running, { ...running, deletionCost: '50' }, marked, { ...running, ready: false }];
    expect(rankAmong(marked, others)).toEqual({ others: 4, before: 1, alike: 1, after: 2 });
  });

  it.each(['+5', '007', '1.5', '', '2147483648', '-2147483649', '5 ', 'x'])(
    'counts the invalid cost %j as none',
    (deletionCost) => {
      expect(rankAmong(running, [{ ...running, deletionCost }]).alike).toBe(1);
    },
  );

  it.each(['-2147483648', '-1'])('counts %s', (deletionCost) => {
    expect(rankAmong(running, [{ ...running, deletionCost }]).before).toBe(1);
  });

  it('is of nobody where it is alone', () => {
    expect(rankAmong(running, [])).toEqual({ others: 0, before: 0, alike: 0, after: 0 });
  });
});
