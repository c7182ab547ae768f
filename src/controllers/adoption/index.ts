import type { Client } from '../../kube/client.js';
import { kindOf } from '../../kube/errors.js';
import { objectKey, type ObjectKey } from '../../kube/object.js';
import { runWorkers } from '../../kube/workers.js';
import { createWorkqueue } from '../../kube/workqueue.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import type { Controller } from '../controller.js';
import { adopt, type AdoptionResult } from './apply.js';
import type { AssessedCronJob, CronJobs } from '../cron-jobs.js';

export interface AdoptionDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly cronJobs: CronJobs;
  /** Called with a listener for every change of what is wanted. */
  readonly onSnapshot: (listener: () => void) => void;
  /** `report` writes nothing. */
  readonly mode: 'report' | 'on';
  readonly observer: AdoptionObserver;
  /** CronJobs under way at once. Default 8: the lane's own limit keeps the writes to what was asked for. */
  readonly workers?: number;
}

/** For the log and the metrics. */
export interface AdoptionObserver {
  /** A CronJob is there, stands otherwise than before, or is gone. */
  stands(before: AssessedCronJob | undefined, after: AssessedCronJob | undefined): void;
  done(cronJob: ObjectKey, result: AdoptionResult): void;
  /** It will be tried again. */
  failed(cronJob: string, error: unknown): void;
}

/**
 * Brings the CronJobs that are there already to what the webhook would have made of them: those from before a
 * namespace opted in or a policy came, and those that were written while the webhook was away. What is no longer
 * wanted is taken back. CronJobs only: a change of their template starts no rollout.
 */
export function createAdoption(deps: AdoptionDeps): Controller {
  const { client, clock, random, cronJobs, observer } = deps;
  /** Written, and changed by somebody in the same write: no more of that until something else is wanted. */
  const contested = new Set<string>();
  let enqueue: ((key: ObjectKey) => void) | undefined;

  function look(one: AssessedCronJob): void {
    const key = keyOf(one);
    if (one.change === 0) contested.delete(key);
    if (one.owned || (one.change !== 0 && !contested.has(key))) enqueue?.(key);
  }

  cronJobs.cache.subscribe(({ key, before, after }) => {
    observer.stands(before, after);
    if (after) look(after);
    else contested.delete(key);
  });
  deps.onSnapshot(() => {
    contested.clear();
  });

  return {
    name: 'adoption',
    observe: (signal) => cronJobs.run(signal),
    get hasSynced() {
      return cronJobs.hasSynced;
    },
    async lead(term, stop) {
      if (deps.mode === 'report') return;
      const queue = createWorkqueue({ clock, random });
      enqueue = (key) => {
        queue.add(key);
      };
      for (const one of cronJobs.cache.values()) look(one);
      await runWorkers({
        queue,
        count: deps.workers ?? 8,
        stop,
        drop: term.signal,
        work: async (key, signal) => {
          if (!term.isValid()) return;
          const result = await adopt(key as ObjectKey, { client, assess: cronJobs.assess }, signal);
          if (result === 'contested') contested.add(key);
          observer.done(key as ObjectKey, result);
        },
        onError: (key, error) => {
          if (kindOf(error) !== 'conflict') observer.failed(key, error);
        },
      });
      enqueue = undefined;
    },
  };
}

const keyOf = ({ namespace, name }: AssessedCronJob): ObjectKey => objectKey(namespace, name);
