import { describe, expect, it } from 'vitest';
import { decideCronJob, jobName } from '../../../../../src/sim/controllers/cronjob/decide.js';
import { parseSchedule } from '../../../../../src/cron/schedule.js';
import type { CronJob, Job } from '../../../../../src/sim/controllers/objects.js';
import { ago, cronJob, job, now } from '../../../../support/sim-objects.js';

const hourly = parseSchedule('0 * * * *');
const decide = (cron: CronJob, jobs: readonly Job[] = [], at = now) => decideCronJob(cron, jobs, hourly, at);
const hour = 3_600_000;

function run(name: string, type?: 'Complete' | 'Failed', startedSecondsAgo = 100): Job {
  const made = job(
    {},
    {
      startTime: ago(startedSecondsAgo),
      ...(type === undefined ? {} : { completionTime: ago(1), conditions: [{ type, status: 'True' }] }),
    },
  );
  return { ...made, metadata: { ...made.metadata, name, uid: name } };
}

describe('when a Job is made (cronjob_controllerv2.go syncCronJob)', () => {
  it('at its due time, and looks again 100 ms after the next (nextScheduleDelta)', () => {
    const plan = decide(cronJob({}, { lastScheduleTime: ago(3600) }), [], now + 100);
    expect(plan.start).toBe(now);
    expect(plan.again).toBe(hour);
  });

  it('before the due time it waits', () => {
    const plan = decide(cronJob({}, { lastScheduleTime: ago(3600) }), [], now - 1000);
    expect(plan.start).toBeUndefined();
    expect(plan.again).toBe(1100);
  });

  it('not a second time for the same due time', () => {
    expect(decide(cronJob({}, { lastScheduleTime: ago(0) }), [], now + 100).start).toBeUndefined();
    const active = [{ name: jobName('report', now), uid: 'x' }];
    const running = [
      { ...run(jobName('report', now)), metadata: { ...run('x').metadata, name: jobName('report', now) } },
    ];
    expect(
      decide(cronJob({}, { lastScheduleTime: ago(3600), active }), running, now + 100).start,
    ).toBeUndefined();
  });

  it('only the latest of those that were missed', () => {
    expect(decide(cronJob({}, { lastScheduleTime: ago(4 * 3600) }), [], now + 100).start).toBe(now);
  });

  it('warns of more than a hundred missed, and starts the latest all the same', () => {
    const plan = decide(cronJob({}, { lastScheduleTime: ago(200 * 3600) }), [], now + 100);
    expect(plan.start).toBe(now);
    expect(plan.events.map(({ reason }) => reason)).toEqual(['TooManyMissedTimes']);
  });

  it('not after startingDeadlineSeconds', () => {
    const late = cronJob({ startingDeadlineSeconds: 60 }, { lastScheduleTime: ago(3600) });
    expect(decide(late, [], now + 59_000).start).toBe(now);
    expect(decide(late, [], now + 61_000).start).toBeUndefined();
  });

  it('not while it is suspended or being deleted', () => {
    expect(decide(cronJob({ suspend: true }, { lastScheduleTime: ago(3600) })).start).toBeUndefined();
    const leaving = cronJob({}, { lastScheduleTime: ago(3600) });
    expect(
      decide({ ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: ago(1) } }).start,
    ).toBeUndefined();
  });
});

describe('concurrencyPolicy', () => {
  const status = { lastScheduleTime: ago(3600), active: [{ name: 'old', uid: 'old' }] };

  it.each([
    { policy: 'Allow' as const, start: now, replace: [] },
    { policy: 'Forbid' as const, start: undefined, replace: [] },
    { policy: 'Replace' as const, start: now, replace: ['old'] },
  ])('$policy', ({ policy, start, replace }) => {
    const plan = decide(cronJob({ concurrencyPolicy: policy }, status), [run('old')]);
    expect(plan.start).toBe(start);
    expect(plan.replace.map(({ name }) => name)).toEqual(replace);
  });

  it('Forbid starts again once the old one is finished', () => {
    const plan = decide(cronJob({ concurrencyPolicy: 'Forbid' }, status), [run('old', 'Complete')]);
    expect(plan.start).toBe(now);
    expect(plan.events.map(({ reason }) => reason)).toEqual(['SawCompletedJob']);
  });
});

describe('bookkeeping', () => {
  it('keeps three successful and one failed Job, and forgets the oldest first', () => {
    const jobs = [
      ...[5, 4, 3, 2].map((n) => run(`ok-${n}`, 'Complete', n * 100)),
      run('bad-2', 'Failed', 200),
      run('bad-1', 'Failed', 100),
    ];
    expect(decide(cronJob(), jobs, now - 1).forget.map(({ metadata }) => metadata.name)).toEqual([
      'ok-5',
      'bad-2',
    ]);
  });

  it('strikes Jobs off the active list that are finished or gone', () => {
    const active = [
      { name: 'done', uid: 'done' },
      { name: 'gone', uid: 'gone' },
      { name: 'here', uid: 'here' },
    ];
    const plan = decide(cronJob({}, { active, lastScheduleTime: ago(0) }), [
      run('done', 'Complete'),
      run('here'),
    ]);
    expect(plan.active).toEqual([{ name: 'here', uid: 'here' }]);
    expect(plan.events.map(({ reason }) => reason)).toEqual(['SawCompletedJob', 'MissingJob']);
    expect(plan.lastSuccessfulTime).toBe(ago(1));
  });

  it('names a Job by minutes since 1970 (utils.go getJobName)', () => {
    expect(jobName('report', Date.UTC(2026, 2, 1))).toBe('report-29538720');
  });
});

describe('parseSchedule', () => {
  it.each([
    { name: 'UTC without a zone', zone: undefined, next: '2026-03-01T02:30:00.000Z' },
    { name: 'a zone', zone: 'Asia/Shanghai', next: '2026-03-01T18:30:00.000Z' },
  ])('$name', ({ zone, next }) => {
    expect(new Date(parseSchedule('30 2 * * *', zone)?.next(now) ?? 0).toISOString()).toBe(next);
  });

  it.each([
    ['not a schedule', undefined],
    ['0 0 * * *', 'Mars/Olympus'],
    ['* * * * * *', undefined],
  ])('refuses %j in %s', (text, zone) => {
    expect(parseSchedule(text, zone)).toBeUndefined();
  });

  it('takes day of month or day of week, as cron does', () => {
    expect(new Date(parseSchedule('0 0 13 * 1')?.next(now) ?? 0).toISOString()).toBe(
      '2026-03-02T00:00:00.000Z',
    );
  });

  it('is never unhappy with what never comes', () => {
    expect(parseSchedule('0 0 30 2 *')?.next(now)).toBeUndefined();
    const never = decideCronJob(cronJob(), [], parseSchedule('0 0 30 2 *'), now);
    expect({ start: never.start, again: never.again }).toEqual({ start: undefined, again: undefined });
  });
});
