import { describe, expect, it } from 'vitest';
import { scheduling } from '../../../../src/placement/aspects/scheduling.js';
import { wishesOf } from '../../../support/aspect.js';

describe('scheduling', () => {
  it('is not asked for where the policy does not', () => {
    expect(wishesOf(scheduling)).toEqual([]);
  });

  it('names the scheduler', () => {
    expect(wishesOf(scheduling, { scheduling: { schedulerName: 'volcano' } })).toEqual([
      { slot: 'schedulerName', name: 'volcano' },
    ]);
  });

  it('asks Jobs to forgive disruptions where the scheduler is ours', () => {
    expect(wishesOf(scheduling, { scheduling: { schedulerName: 'tidegate-scheduler' } })).toEqual([
      { slot: 'schedulerName', name: 'tidegate-scheduler' },
      {
        slot: 'podFailureRule',
        rule: { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      },
    ]);
  });
});
