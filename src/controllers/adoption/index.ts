import { backoffMs } from '../../kube/backoff.js';
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
  /** Not settled by the last try: how often in a row. */
  const contested = new Map<string, number>();
  let enqueue: ((key: string, afterMs?: number) => void) | undefined;

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
    for (const key of contested.keys()) enqueue?.(key, contest.baseMs);
    contested.clear();
  });

  /**
   * Written, and changed by somebody in the same write: perhaps by our own webhook, which is to hear of a change yet,
   * perhaps by somebody who never gives in. Or wanted a moment ago and not now: when it is wanted again there is no
   * news of that.
   */
  const isUnsettled = (key: ObjectKey, result: AdoptionResult): boolean =>
    result === 'contested' || (result === 'kept' && (cronJobs.cache.get(key)?.change ?? 0) !== 0);

  async function settle(key: ObjectKey, signal: AbortSignal): Promise<void> {
    try {
      const result = await adopt(key, { client, assess: cronJobs.assess }, signal);
      if (isUnsettled(key, result)) later(key);
      else contested.delete(key);
      observer.done(key, result);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      observer.failed(key, error);
      enqueue?.(key, refusedMs);
    }
  }

  function later(key: string): void {
    const times = contested.get(key) ?? 0;
    contested.set(key, times + 1);
    enqueue?.(key, backoffMs(times, contest, random));
  }

  return {
    name: 'adoption',
    observe: (signal) => cronJobs.run(signal),
    get hasSynced() {
      return cronJobs.hasSynced;
    },
    async lead(term, stop) {
      if (deps.mode === 'report') return;
      const queue = createWorkqueue({ clock, random });
      enqueue = (key, afterMs = 0) => {
        queue.addAfter(key, afterMs);
      };
      contested.clear();
      for (const one of cronJobs.cache.values()) look(one);
      await runWorkers({
        queue,
        count: deps.workers ?? 8,
        stop,
        // Ten thousand would outlast any grace period; the next leader finds them.
        drop: AbortSignal.any([term.signal, stop]),
        work: async (key) => {
          if (term.isValid()) await settle(key as ObjectKey, term.signal);
        },
        onError: (key, error) => {
          if (kindOf(error) !== 'conflict') observer.failed(key, error);
        },
      });
      enqueue = undefined;
    },
  };
}

/** Where a role is missing, or somebody's admission webhook says no, asking again soon does not help. */
const refusedMs = 300_000;

const isRefusal = (error: unknown): boolean => ['forbidden', 'invalid'].includes(kindOf(error) ?? '');

/** From a few seconds, in which every watch has told, to some minutes. */
const contest = { baseMs: 5000, maxMs: 600_000 };

const keyOf = ({ namespace, name }: AssessedCronJob): ObjectKey => objectKey(namespace, name);
