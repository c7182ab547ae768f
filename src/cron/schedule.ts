import { Cron } from 'croner';

/** A parsed schedule. */
export interface Schedule {
  /** The first time after `ms`, both milliseconds since the epoch; undefined: never again. */
  next(ms: number): number | undefined;
  /** Milliseconds of a fixed rhythm, `@every 1h30m`, which counts from the last run; absent: times of the clock. */
  readonly every?: number;
}

/**
 * The schedule of a CronJob: five fields, or one of the names that Kubernetes takes (robfig/cron `ParseStandard`).
 * `timeZone` is a name of the IANA database; without one, UTC, as a kube-controller-manager in a container has it.
 * Undefined, where either cannot be read.
 */
export function parseSchedule(text: string, timeZone = 'UTC'): Schedule | undefined {
  if (text.startsWith(everyPrefix)) return parseEvery(text.slice(everyPrefix.length));
  try {
    const cron = new Cron(names[text] ?? text, { timezone: timeZone, paused: true, mode: '5-part' });
    // Also refuses a time zone that is not known: the first look needs it.
    cron.nextRun(new Date(0));
    return {
      next: (ms) => {
        const found = cron.nextRun(new Date(ms));
        return found === null ? undefined : Math.floor(found.getTime() / 1000) * 1000;
      },
    };
  } catch {
    return undefined;
  }
}

/** robfig/cron parser.go `parseDescriptor`. */
const names: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const everyPrefix = '@every ';

/** robfig/cron constantdelay.go: whole seconds, one at least, from the second in which it is asked. */
function parseEvery(text: string): Schedule | undefined {
  const ms = durationOf(text);
  if (ms === undefined) return undefined;
  const every = Math.max(1, Math.floor(ms / 1000)) * 1000;
  return { every, next: (from) => Math.floor(from / 1000) * 1000 + every };
}

/** Milliseconds of a Go duration, `1h30m`, `90s`, `1.5h`. */
function durationOf(text: string): number | undefined {
  if (!/^(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)(.*)$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
  if (parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0);
}

const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Parsed once for each schedule and time zone: many CronJobs share one. */
export function createScheduleCache(): (text: string, timeZone?: string) => Schedule | undefined {
  const known = new Map<string, Schedule | undefined>();
  return (text, timeZone = 'UTC') => {
    const key = `${timeZone}\n${text}`;
    if (!known.has(key)) known.set(key, remembering(parseSchedule(text, timeZone)));
    return known.get(key);
  };
}

/** The same few questions come from every CronJob of one schedule. */
function remembering(schedule: Schedule | undefined): Schedule | undefined {
  if (schedule === undefined) return undefined;
  const answers = new Map<number, number | undefined>();
  return {
    ...schedule,
    next: (ms) => {
      if (!answers.has(ms)) {
        if (answers.size >= 1000) answers.clear();
        answers.set(ms, schedule.next(ms));
      }
      return answers.get(ms);
    },
  };
}
