import { describe, expect, it } from 'vitest';
import { createScheduleCache } from '../../../src/cron/schedule.js';
import { binBySecond, type CronFacts } from '../../../src/midnight/bins.js';
import { cron } from '../../support/midnight.js';

const from = Date.UTC(2026, 0, 1, 12);
const day = 24 * 3_600_000;

const bin = (crons: readonly CronFacts[], to = from + day) =>
  binBySecond(crons, { from, to }, createScheduleCache());
const told = (crons: readonly CronFacts[], to?: number) =>
  bin(crons, to).bins.map(({ at, count }) => [new Date(at).toISOString(), count]);

describe('CronJobs by the second', () => {
  it('share a second whatever their time zone calls it', () => {
    const crons = [
      cron('a'),
      cron('b', { schedule: '@daily' }),
      cron('c', { schedule: '0 8 * * *', timeZone: 'Asia/Shanghai' }),
      cron('d', { schedule: '0 0 * * *', timeZone: 'Asia/Shanghai' }),
    ];
    expect(told(crons)).toEqual([
      ['2026-01-01T16:00:00.000Z', 1],
      ['2026-01-02T00:00:00.000Z', 3],
    ]);
  });

  it('leave out those that are suspended', () => {
    expect(told([cron('a', { suspend: true })])).toEqual([]);
  });

  it('come as often as they are due, after the beginning and not after the end', () => {
    const crons = [cron('a', { schedule: '*/30 * * * *' })];
    expect(told(crons, from + 3_600_000)).toEqual([
      ['2026-01-01T12:30:00.000Z', 1],
      ['2026-01-01T13:00:00.000Z', 1],
    ]);
  });

  it('count a rhythm from the last run of each', () => {
    const crons = [
      cron('a', { schedule: '@every 1h', since: from - 90 * 60_000 }),
      cron('b', { schedule: '@every 1h', since: from - 10 * 60_000 }),
    ];
    expect(told(crons, from + 3_600_000)).toEqual([
      ['2026-01-01T12:30:00.000Z', 1],
      ['2026-01-01T12:50:00.000Z', 1],
    ]);
  });

  it('find the next beat of a rhythm that began long ago, or is to begin', () => {
    const since = { long: 0, soon: from + 60_000 };
    const crons = [cron('a', { schedule: '@every 24h', since: since.long })];
    expect(told(crons)).toEqual([['2026-01-02T00:00:00.000Z', 1]]);
    const later = [cron('a', { schedule: '@every 12h', since: since.soon })];
    expect(told(later)).toEqual([['2026-01-02T00:01:00.000Z', 1]]);
  });

  it('name those that cannot be read, and go on', () => {
    const crons = [cron('a', { schedule: 'at noon' }), cron('b', { timeZone: 'Mars' }), cron('c')];
    expect(bin(crons).unreadable.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(told(crons)).toEqual([['2026-01-02T00:00:00.000Z', 1]]);
  });
});
