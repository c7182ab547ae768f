import { describe, expect, it } from 'vitest';
import { createScheduleCache, parseSchedule } from '../../../src/cron/schedule.js';

const from = Date.UTC(2026, 0, 1, 10, 30, 15, 500);
const next = (text: string, timeZone?: string, ms = from) => {
  const found = parseSchedule(text, timeZone)?.next(ms);
  return found === undefined ? undefined : new Date(found).toISOString();
};

describe('a schedule', () => {
  it.each([
    ['*/5 * * * *', '2026-01-01T10:35:00.000Z'],
    ['0 0 * * *', '2026-01-02T00:00:00.000Z'],
    ['@hourly', '2026-01-01T11:00:00.000Z'],
    ['@daily', '2026-01-02T00:00:00.000Z'],
    ['@midnight', '2026-01-02T00:00:00.000Z'],
    ['@weekly', '2026-01-04T00:00:00.000Z'],
    ['@monthly', '2026-02-01T00:00:00.000Z'],
    ['@yearly', '2027-01-01T00:00:00.000Z'],
    ['@annually', '2027-01-01T00:00:00.000Z'],
  ])('as %s is next due at %s', (text, at) => {
    expect(next(text)).toBe(at);
  });

  it('is read in its time zone, without one in UTC', () => {
    expect(next('0 0 * * *', 'Asia/Shanghai')).toBe('2026-01-01T16:00:00.000Z');
    expect(next('30 0 * * *', 'Asia/Kolkata')).toBe('2026-01-01T19:00:00.000Z');
  });

  it.each([
    ['@every 1h', '2026-01-01T11:30:15.000Z'],
    ['@every 1h30m', '2026-01-01T12:00:15.000Z'],
    ['@every 1.5h', '2026-01-01T12:00:15.000Z'],
    ['@every 10ms', '2026-01-01T10:30:16.000Z'],
  ])('as %s goes on from the last run', (text, at) => {
    expect(next(text)).toBe(at);
  });

  it.each(['', '0 0 * *', '61 * * * *', '@sometimes', '@every', '@every soon', '@every 1h soon'])(
    'as %j cannot be read',
    (text) => {
      expect(parseSchedule(text)).toBeUndefined();
    },
  );

  it('cannot be read in a time zone that there is not', () => {
    expect(parseSchedule('0 0 * * *', 'Nowhere/Else')).toBeUndefined();
  });

  it('never comes where its day never comes', () => {
    expect(next('0 0 31 2 *')).toBeUndefined();
  });

  it('is the same from the cache, its rhythm too', () => {
    const scheduleOf = createScheduleCache();
    expect(scheduleOf('@every 2h')?.every).toBe(7_200_000);
    expect(scheduleOf('@daily')?.next(from)).toBe(Date.UTC(2026, 0, 2));
    expect(scheduleOf('@daily')).toBe(scheduleOf('@daily'));
    expect(scheduleOf('nonsense')).toBeUndefined();
  });
});
