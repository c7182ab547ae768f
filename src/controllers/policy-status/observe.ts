import type { AssessedCronJob } from '../cron-jobs.js';
import type { Tally } from './decide.js';

/** The CronJobs of every policy, counted by how they stand. */
export function tallies(cronJobs: Iterable<AssessedCronJob>): ReadonlyMap<string, Tally> {
  const counts = new Map<
    string,
    { placed: number; missed: number; outdated: number; skipped: Map<string, number> }
  >();
  for (const { policy, standing, because } of cronJobs) {
    if (policy === undefined) continue;
    let tally = counts.get(policy);
    if (tally === undefined)
      counts.set(policy, (tally = { placed: 0, missed: 0, outdated: 0, skipped: new Map() }));
    switch (standing) {
      case 'as-wanted':
        tally.placed += 1;
        break;
      case 'missed':
        tally.missed += 1;
        break;
      case 'would-change':
        tally.outdated += 1;
        break;
      case 'left-alone':
        tally.skipped.set(because, (tally.skipped.get(because) ?? 0) + 1);
        break;
      default:
        standing satisfies never;
    }
  }
  return counts;
}
