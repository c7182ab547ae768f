import type { Schedule } from '../cron/schedule.js';

/** What of a CronJob bears on when it is due and how much that is. */
export interface CronFacts {
  readonly namespace: string;
  readonly name: string;
  readonly schedule: string;
  readonly timeZone: string | undefined;
  readonly suspend: boolean;
  /** When it ran last or was made, in milliseconds since the epoch: `@every` counts from there. */
  readonly since: number;
  /** Seconds after which a run that was not begun is left out; undefined: never. */
  readonly deadlineSeconds: number | undefined;
  /** Pods that a run makes at once. */
  readonly pods: number;
  /** The provider that its pods go to by preference; undefined: ordinary nodes. */
  readonly provider: string | undefined;
}

/** All CronJobs that are due in the same second. */
export interface Bin {
  /** Milliseconds since the epoch, whole seconds. */
  readonly at: number;
  readonly crons: readonly (readonly CronFacts[])[];
  readonly count: number;
}

export interface Binned {
  /** In order of time. */
  readonly bins: readonly Bin[];
  /** Their schedule or time zone cannot be read. */
  readonly unreadable: readonly CronFacts[];
}

export interface Span {
  /** Milliseconds since the epoch; what is due after `from` and not after `to`. */
  readonly from: number;
  readonly to: number;
}

type Parse = (schedule: string, timeZone?: string) => Schedule | undefined;

/** Bins CronJobs by the second in which they are due. Those of one schedule and time zone are looked at together. */
export function binBySecond(crons: readonly CronFacts[], { from, to }: Span, parse: Parse): Binned {
  const running = crons.filter(({ suspend }) => !suspend);
  const seconds = new Map<number, (readonly CronFacts[])[]>();
  const unreadable: CronFacts[] = [];
  for (const group of Map.groupBy(running, groupOf).values()) {
    const [first] = group;
    const schedule = first && parse(first.schedule, first.timeZone);
    if (schedule === undefined) {
      unreadable.push(...group);
      continue;
    }
    for (const at of dueOf(schedule, first?.since ?? from, { from, to })) {
      const known = seconds.get(at);
      if (known === undefined) seconds.set(at, [group]);
      else known.push(group);
    }
  }
  const bins = [...seconds].map(([at, groups]) => ({
    at,
    crons: groups,
    count: groups.reduce((sum, group) => sum + group.length, 0),
  }));
  return { bins: bins.sort((a, b) => a.at - b.at), unreadable };
}

/** What is due together: `@every` besides counts from each CronJob's own last run. */
const groupOf = ({ schedule, timeZone = '', since }: CronFacts): string =>
  `${timeZone}\n${schedule}${schedule.startsWith('@every') ? `\n${since}` : ''}`;

function* dueOf(schedule: Schedule, since: number, { from, to }: Span): Generator<number> {
  let at = schedule.next(schedule.every === undefined ? from : lastBefore(from, since, schedule.every));
  for (; at !== undefined && at <= to; at = schedule.next(at)) if (at > from) yield at;
}

/** The last time of a fixed rhythm that is not after `from`. */
const lastBefore = (from: number, since: number, every: number): number =>
  since + Math.floor(Math.max(0, from - since) / every) * every;
