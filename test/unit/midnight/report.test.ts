import { describe, expect, it } from 'vitest';
import { createScheduleCache } from '../../../src/cron/schedule.js';
import { binBySecond, type CronFacts } from '../../../src/midnight/bins.js';
import { fullestSecond, type Stage } from '../../../src/midnight/report.js';
import { createWaiting } from '../../../src/midnight/token-bucket.js';
import { cron, crons } from '../../support/midnight.js';

const from = Date.UTC(2026, 0, 1, 12);

const stage = (name: string, perSecond: number, burst: number, cost = 1): Stage => ({
  name,
  perSecond,
  burst,
  costOf: ({ pods }) => ({ least: pods, most: pods * cost }),
});

const fullest = (all: readonly CronFacts[], stages: readonly Stage[]) =>
  fullestSecond(binBySecond(all, { from, to: from + 86_400_000 }, createScheduleCache()).bins, stages);

describe('a token bucket', () => {
  it('lets its burst through, and then so many a second', () => {
    const wait = createWaiting({ perSecond: 20, burst: 100 });
    expect(wait(0, 100)).toBe(0);
    expect(wait(0, 100)).toBe(5000);
  });

  it('fills while nobody comes, up to its burst', () => {
    const wait = createWaiting({ perSecond: 10, burst: 100 });
    expect(wait(0, 200)).toBe(10_000);
    expect(wait(5000, 0)).toBe(5000);
    expect(wait(15_000, 50)).toBe(0);
    expect(wait(3_600_000, 100)).toBe(0);
    expect(wait(3_600_000, 1)).toBe(100);
  });
});

describe('the fullest second', () => {
  it('is none where nothing is due', () => {
    expect(fullest([], [stage('a', 1, 1)])).toBeUndefined();
  });

  it('says how long each stage takes, the slowest first, and who shares it', () => {
    const all = [
      ...crons(3000, { namespace: 'shop' }),
      ...crons(2000, { namespace: 'web', pods: 2 }),
      cron('lonely', { schedule: '0 1 * * *' }),
    ];
    expect(fullest(all, [stage('fast', 1000, 7000), stage('slow', 20, 100, 2)])).toEqual({
      at: Date.UTC(2026, 0, 2),
      cronJobs: 5000,
      pods: 7000,
      stages: [
        { name: 'slow', perSecond: 20, burst: 100, least: 345_000, most: 695_000 },
        { name: 'fast', perSecond: 1000, burst: 7000, least: 0, most: 0 },
      ],
      sharers: [
        { namespace: 'shop', count: 3000, names: ['c-0', 'c-1', 'c-2'] },
        { namespace: 'web', count: 2000, names: ['c-0', 'c-1', 'c-2'] },
      ],
      missed: 0,
    });
  });

  it('counts what was still waiting from before', () => {
    const minutely = crons(200, { schedule: '59 23 * * *' });
    const [alone] = fullest(crons(300), [stage('s', 1, 0)])?.stages ?? [];
    const [after] = fullest([...minutely, ...crons(300)], [stage('s', 1, 0)])?.stages ?? [];
    expect([alone?.most, after?.most]).toEqual([300_000, 440_000]);
  });

  it('is of several as full the one that takes longest', () => {
    const all = [
      ...crons(10, { schedule: '0 1 * * *' }),
      ...crons(10, { schedule: '0 2 * * *', pods: 9 }),
      ...crons(10, { schedule: '0 3 * * *' }),
    ];
    expect(fullest(all, [stage('s', 1, 1)])?.at).toBe(Date.UTC(2026, 0, 2, 2));
  });

  it('leaves out a stage that nobody passes', () => {
    const none: Stage = { name: 'n', perSecond: 1, burst: 1, costOf: () => ({ least: 0, most: 0 }) };
    expect(fullest(crons(1), [none, stage('s', 1, 1)])?.stages.map(({ name }) => name)).toEqual(['s']);
  });

  it('counts those whose deadline is over before they can begin', () => {
    const all = [...crons(90, { deadlineSeconds: 60 }), ...crons(30, { deadlineSeconds: 600 })];
    expect(fullest(all, [stage('s', 1, 0)])?.missed).toBe(90);
  });

  it('takes ten thousand CronJobs of every minute in its stride', () => {
    const all = Array.from({ length: 100 }, (_, i) =>
      crons(100, { schedule: '* * * * *', namespace: `n-${i}` }),
    ).flat();
    expect(fullest(all, [stage('s', 1000, 1000)])?.cronJobs).toBe(10_000);
  });
});
