import type { Client } from '../../kube/client.js';
import { kindOf } from '../../kube/errors.js';
import { objectKey } from '../../kube/object.js';
import { runWorkers } from '../../kube/workers.js';
import { createWorkqueue } from '../../kube/workqueue.js';
import type { Snapshot } from '../../placement/snapshot.js';
import type { PolicyObjects } from '../../sources/policy-objects.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import { timeText } from '../condition.js';
import type { Controller } from '../controller.js';
import type { CronJobs } from '../cron-jobs.js';
import { writeStatus } from './apply.js';
import { decideStatus, emptyTally, type Tally } from './decide.js';
import { tallies } from './observe.js';
import { createWarnings } from './warnings.js';

export interface PolicyStatusDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly policies: PolicyObjects;
  readonly cronJobs: CronJobs;
  /** Undefined until policies are loaded. */
  readonly snapshot: () => Snapshot | undefined;
  /** Called with a listener for every change of what `snapshot` answers. */
  readonly onSnapshot: (listener: () => void) => void;
  readonly onFailed: (policy: string, error: unknown) => void;
}

/** Tells on each policy whether it is accepted, whether it serves, and what became of the CronJobs it decides about. */
export function createPolicyStatus(deps: PolicyStatusDeps): Controller {
  const { client, clock, random, policies, cronJobs } = deps;
  const warningsOf = createWarnings(deps.snapshot);
  let enqueue: ((policy: string | undefined) => void) | undefined;
  let counted: ReadonlyMap<string, Tally> | undefined;

  cronJobs.cache.subscribe(({ before, after }) => {
    counted = undefined;
    for (const one of [before, after]) enqueue?.(one?.policy);
  });
  policies.cache.subscribe(({ after }) => {
    enqueue?.(after?.name);
  });

  // One policy's warnings hang on the others.
  deps.onSnapshot(() => {
    for (const { name } of policies.cache.values()) enqueue?.(name);
  });

  const tallyOf = (policy: string): Tally => {
    counted ??= tallies(cronJobs.cache.values());
    return counted.get(policy) ?? emptyTally;
  };

  async function work(name: string, signal: AbortSignal): Promise<void> {
    const policy = policies.cache.get(objectKey('', name));
    // Half a count would be a wrong one.
    if (policy === undefined || !cronJobs.hasSynced) return;
    const status = decideStatus({
      policy,
      tally: tallyOf(name),
      warnings: warningsOf(name),
      observe: deps.snapshot()?.observe === true,
      now: timeText(clock.now()),
    });
    if (status !== undefined) await writeStatus(client, policy, status, signal);
  }

  return {
    name: 'policy-status',
    observe: (signal) => cronJobs.run(signal),
    get hasSynced() {
      return policies.hasSynced && cronJobs.hasSynced;
    },
    async lead(term, stop) {
      const queue = createWorkqueue({ clock, random, backoff });
      enqueue = (policy) => {
        if (policy !== undefined) queue.addAfter(policy, settleMs);
      };
      for (const { name } of policies.cache.values()) enqueue(name);
      await runWorkers({
        queue,
        count: 2,
        stop,
        drop: term.signal,
        work: async (name, signal) => {
          if (term.isValid()) await work(name, signal);
        },
        onError: (name, error) => {
          if (!['conflict', 'not-found'].includes(kindOf(error) ?? '')) deps.onFailed(name, error);
        },
      });
      enqueue = undefined;
    },
  };
}

/** A role that was missing is noticed within five minutes. */
const backoff = { baseMs: 100, maxMs: 300_000 };

/** A policy that places a thousand CronJobs is written once, not a thousand times. */
const settleMs = 2_000;
