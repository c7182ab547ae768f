import { Cron } from 'croner';
import type { Schedule } from './decide.js';

/**
 * The schedule of a CronJob. `timeZone` is a name of the IANA database; without one, UTC, as a kube-controller-manager
 * in a container has it. Undefined, where either cannot be read.
 */
export function parseSchedule(text: string, timeZone = 'UTC'): Schedule | undefined {
  try {
    const cron = new Cron(text, { timezone: timeZone, paused: true, mode: '5-part' });
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
    next: (ms) => {
      if (!answers.has(ms)) {
        if (answers.size >= 1000) answers.clear();
        answers.set(ms, schedule.next(ms));
      }
      return answers.get(ms);
    },
  };
}
