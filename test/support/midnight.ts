import type { CronFacts } from '../../src/midnight/bins.js';

/** A CronJob of the namespace `apps` that is due at midnight and makes one pod; `more` states what the test is about. */
export const cron = (name: string, more: Partial<CronFacts> = {}): CronFacts => ({
  namespace: 'apps',
  name,
  schedule: '0 0 * * *',
  timeZone: undefined,
  suspend: false,
  since: 0,
  deadlineSeconds: undefined,
  pods: 1,
  provider: undefined,
  ...more,
});

export const crons = (count: number, more: Partial<CronFacts> = {}): CronFacts[] =>
  Array.from({ length: count }, (_, i) => cron(`c-${i}`, more));
