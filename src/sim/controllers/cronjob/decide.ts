import type { Schedule } from '../../../cron/schedule.js';
import { msOf } from '../objects.js';
import type { Condition, CronJob, Job } from '../objects.js';
import { finishedCondition, isFinished } from '../job/decide.js';

export interface CronEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface CronPlan {
  /** Due time of the Job to make. */
  readonly start: number | undefined;
  /** Running Jobs that give way (concurrencyPolicy Replace). */
  readonly replace: readonly { readonly name: string; readonly uid: string }[];
  /** Finished Jobs beyond the history limits, oldest first. */
  readonly forget: readonly Job[];
  /** Running Jobs as the status should list them, without the one to make. */
  readonly active: readonly { readonly name: string; readonly uid: string }[];
  readonly lastSuccessfulTime: string | undefined;
  readonly events: readonly CronEvent[];
  /** Milliseconds until the next look; undefined: when something changes. */
  readonly again: number | undefined;
}

/** Added to the next due time, so that a look is never too early (cronjob_controllerv2.go nextScheduleDelta). */
const marginMs = 100;

/**
 * One sync of a CronJob, with the Jobs that it controls
 * (pkg/controller/cronjob/cronjob_controllerv2.go syncCronJob, cleanupFinishedJobs; utils.go).
 */
export function decideCronJob(
  cron: CronJob,
  jobs: readonly Job[],
  schedule: Schedule | undefined,
  now: number,
): CronPlan {
  const book = bookkeeping(cron, jobs);
  const forget = [
    ...oldest(jobs, 'Complete', cron.spec.successfulJobsHistoryLimit ?? 3),
    ...oldest(jobs, 'Failed', cron.spec.failedJobsHistoryLimit ?? 1),
  ];
  const idle = { ...book, forget, start: undefined, replace: [], again: undefined };
  if (cron.metadata.deletionTimestamp !== undefined || cron.spec.suspend === true) return idle;
  if (schedule === undefined) {
    const message = `unparseable schedule: ${JSON.stringify(cron.spec.schedule)}`;
    return { ...idle, events: [...book.events, warning('UnparseableSchedule', message)] };
  }
  return start(cron, schedule, { ...idle, again: nextLook(cron, schedule, now) }, now);
}

function start(cron: CronJob, schedule: Schedule, wait: CronPlan, now: number): CronPlan {
  const { due, many } = mostRecent(cron, schedule, now, true);
  const events = many ? [...wait.events, warning('TooManyMissedTimes', tooMany)] : wait.events;
  if (due === undefined) return { ...wait, events };
  const because = refusal(cron, wait.active, due, now);
  if (because !== undefined) return { ...wait, events: [...events, ...because] };
  const replace = cron.spec.concurrencyPolicy === 'Replace' ? wait.active : [];
  return { ...wait, events, start: due, replace, active: replace.length > 0 ? [] : wait.active };
}

/** The name is the lock against doubles: the CronJob's and the due time in minutes since 1970 (utils.go getJobName). */
export const jobName = (cronName: string, due: number): string => `${cronName}-${Math.floor(due / 60_000)}`;

const tooMany =
  'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';

const warning = (reason: string, message: string): CronEvent => ({ type: 'Warning', reason, message });
const normal = (reason: string, message: string): CronEvent => ({ type: 'Normal', reason, message });

function bookkeeping(
  cron: CronJob,
  jobs: readonly Job[],
): Pick<CronPlan, 'active' | 'events' | 'lastSuccessfulTime'> {
  const byUid = new Map(jobs.map((job) => [job.metadata.uid, job]));
  const events: CronEvent[] = [];
  const active = (cron.status?.active ?? []).filter(({ uid, name }) => {
    const job = byUid.get(uid);
    if (job === undefined) events.push(normal('MissingJob', `Active job went missing: ${name}`));
    else if (isFinished(job)) events.push(sawCompleted(name, finishedCondition(job.status)));
    return job !== undefined && !isFinished(job);
  });
  const successes = jobs
    .filter(({ status }) => finishedCondition(status)?.type === 'Complete')
    .map(({ status }) => status?.completionTime ?? '');
  const latest = [cron.status?.lastSuccessfulTime ?? '', ...successes].sort().at(-1) ?? '';
  return { active, events, lastSuccessfulTime: latest === '' ? undefined : latest };
}

const sawCompleted = (name: string, condition: Condition | undefined): CronEvent =>
  normal('SawCompletedJob', `Saw completed job: ${name}, condition: ${condition?.type ?? ''}`);

/** Oldest by creation (cronjob_controllerv2.go removeOldestJobs: byJobStartTime). */
function oldest(jobs: readonly Job[], type: 'Complete' | 'Failed', keep: number): readonly Job[] {
  const finished = jobs.filter(({ status }) => finishedCondition(status)?.type === type);
  if (finished.length <= keep) return [];
  return finished
    .sort((a, b) => startOf(a) - startOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1))
    .slice(0, finished.length - keep);
}

const startOf = ({ status, metadata }: Job): number => msOf(status?.startTime ?? metadata.creationTimestamp);

/** Why the due Job is not made; the events that say so. */
function refusal(
  cron: CronJob,
  active: CronPlan['active'],
  due: number,
  now: number,
): readonly CronEvent[] | undefined {
  const { startingDeadlineSeconds: deadline, concurrencyPolicy } = cron.spec;
  if (deadline !== undefined && due + deadline * 1000 < now) {
    return [warning('MissSchedule', `Missed scheduled time to start a job: ${new Date(due).toISOString()}`)];
  }
  if (active.some(({ name }) => name === jobName(cron.metadata.name, due))) return [];
  if (msOf(cron.status?.lastScheduleTime) === due) return [];
  if (concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    return [normal('JobAlreadyActive', message)];
  }
  return undefined;
}

interface Missed {
  /** The latest due time that has passed. */
  readonly due: number | undefined;
  readonly earliest: number;
  readonly any: boolean;
  /** More than 100. */
  readonly many: boolean;
}

/** utils.go mostRecentScheduleTime */
function mostRecent(cron: CronJob, schedule: Schedule, now: number, withDeadline: boolean): Missed {
  const earliest = earliestTime(cron, now, withDeadline);
  const none = { due: undefined, earliest, any: false, many: false };
  const first = schedule.next(earliest);
  if (first === undefined || now < first) return none;
  const second = schedule.next(first);
  if (second === undefined || now < second) return { ...none, due: first };
  const between = Math.max(1000, second - first);
  const number = Math.floor((now - first) / between) + 1;
  let due: number | undefined;
  let t = schedule.next(first + (number - 2) * between);
  for (; t !== undefined && t <= now; t = schedule.next(t)) due = t;
  return { due, earliest, any: true, many: number > 100 };
}

function earliestTime(cron: CronJob, now: number, withDeadline: boolean): number {
  const earliest = msOf(cron.status?.lastScheduleTime ?? cron.metadata.creationTimestamp);
  const { startingDeadlineSeconds: deadline } = cron.spec;
  return withDeadline && deadline !== undefined ? Math.max(earliest, now - deadline * 1000) : earliest;
}

/** utils.go nextScheduleTimeDuration */
function nextLook(cron: CronJob, schedule: Schedule, now: number): number | undefined {
  const { due, any, earliest } = mostRecent(cron, schedule, now, false);
  const next = schedule.next(due ?? (any ? now : earliest));
  return next === undefined ? undefined : Math.max(0, next + marginMs - now);
}
