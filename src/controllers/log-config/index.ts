import type { Client } from '../../kube/client.js';
import { kindOf } from '../../kube/errors.js';
import type { ListWatchDeps } from '../../kube/list-watch.js';
import { runWorkers } from '../../kube/workers.js';
import { createWorkqueue } from '../../kube/workqueue.js';
import { hash32 } from '../../objects/hash.js';
import { isObject } from '../../objects/json.js';
import type { PolicyObject, PolicyObjects } from '../../sources/policy-objects.js';
import { whenAborted, type Clock, type Random } from '../../telemetry/clock.js';
import type { Verdict } from '../condition.js';
import type { Controller } from '../controller.js';
import { writePolicyStatus } from '../policy-write.js';
import { applyLog, logManager, removeLog } from './apply.js';
import { decideLogs, type LogPlan } from './decide.js';
import { createLogStores, labelOf, policyOf } from './observe.js';
import { statusOf } from './status.js';
import { contested, notWritten } from './verdicts.js';

export interface LogConfigDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly policies: PolicyObjects;
  /** Where log CRs are kept. */
  readonly namespace: string;
  /** `off` only says on the policies that need a log CR that nobody keeps it. */
  readonly mode: 'off' | 'on';
  /** Whether every policy is turned to Observe. */
  readonly observe: () => boolean;
  readonly onFault: NonNullable<ListWatchDeps<unknown>['onFault']>;
  readonly observer: LogConfigObserver;
  /** How long what somebody has changed stays so before it is applied again. Default 30 s. */
  readonly contestedMs?: number;
}

/** For the log and the metrics. */
export interface LogConfigObserver {
  done(policy: string, name: string, result: 'applied' | 'removed'): void;
  /** It will be tried again. */
  failed(policy: string, error: unknown): void;
}

/**
 * Keeps the log CRs that the policies' destinations need: one a policy, gone with it, and how it stands in the
 * condition `LogsReady` of the policy.
 */
export function createLogConfig(deps: LogConfigDeps): Controller {
  const { client, clock, random, policies, namespace, mode, observer, contestedMs = 30_000 } = deps;
  const stores = mode === 'off' ? [] : createLogStores(deps, namespace);
  /** What was applied last, by the policy's label. */
  const applied = new Map<string, { readonly hash: number; readonly at: number }>();
  let enqueue: ((label: string, ms: number) => void) | undefined;

  const enqueueAll = (): void => {
    for (const { name } of policies.cache.values()) enqueue?.(labelOf(name), settleMs);
  };
  policies.cache.subscribe(({ key }) => {
    enqueue?.(labelOf(key), settleMs);
  });
  for (const store of stores) {
    store.onChange((label) => {
      if (label === undefined) enqueueAll();
      else enqueue?.(label, settleMs);
    });
  }

  const policyAt = (label: string): PolicyObject | undefined =>
    [...policies.cache.values()].find(({ name }) => labelOf(name) === label);

  /** Milliseconds to wait before the same is applied again: somebody has changed it since. */
  function waitOf(label: string, apply: LogPlan['apply']): number {
    const last = applied.get(label);
    const hash = hash32(JSON.stringify(apply));
    const wait = last?.hash === hash ? last.at + contestedMs - clock.monotonic() : 0;
    if (wait <= 0) applied.set(label, { hash, at: clock.monotonic() });
    return wait;
  }

  async function write(
    label: string,
    { apply, remove }: LogPlan,
    signal: AbortSignal,
  ): Promise<'nothing' | 'written' | 'waits'> {
    for (const one of remove) {
      await removeLog(client, one, signal);
      observer.done(label, one.object.name, 'removed');
    }
    if (apply.length === 0) return 'nothing';
    const wait = waitOf(label, apply);
    if (wait > 0) {
      enqueue?.(label, wait);
      return 'waits';
    }
    for (const one of apply) {
      if (await applyLog(client, namespace, label, one, signal)) observer.done(label, one.name, 'applied');
    }
    return 'written';
  }

  async function say(policy: PolicyObject, verdict: Verdict | undefined, signal: AbortSignal): Promise<void> {
    const before = isObject(policy.status) ? policy.status : {};
    const status = statusOf(before, policy.generation, verdict, clock.now());
    if (status !== undefined) await writePolicyStatus(client, logManager, policy, status, signal);
  }

  async function work(label: string, signal: AbortSignal): Promise<void> {
    if (!policies.hasSynced) return;
    const policy = policyAt(label);
    const plan = decideLogs({ policy, label, mode, observe: deps.observe(), namespace, stores });
    try {
      const result = await write(label, plan, signal);
      // What was written comes back by its watch, and is told of then.
      if (policy === undefined || plan.isOpen || result === 'written') return;
      await say(policy, result === 'waits' ? contested(plan.apply) : plan.verdict, signal);
    } catch (error) {
      applied.delete(label);
      if (policy && !passing.has(kindOf(error))) await say(policy, notWritten(error), signal);
      throw error;
    }
  }

  return {
    name: 'log-config',
    async observe(signal) {
      await Promise.all([whenAborted(signal), ...stores.map((store) => store.run(signal))]);
    },
    get hasSynced() {
      return policies.hasSynced && stores.every((store) => store.hasSettled);
    },
    async lead(term, stop) {
      const queue = createWorkqueue({ clock, random, backoff });
      enqueue = (label, ms) => {
        queue.addAfter(label, ms);
      };
      enqueueAll();
      for (const { objects } of stores)
        for (const one of objects.values()) {
          const label = policyOf(one);
          if (label !== undefined) enqueue(label, settleMs);
        }
      await runWorkers({
        queue,
        count: 1,
        stop,
        drop: term.signal,
        work: async (label, signal) => {
          if (term.isValid()) await work(label, signal);
        },
        onError: (label, error) => {
          if (!passing.has(kindOf(error))) observer.failed(label, error);
        },
      });
      enqueue = undefined;
    },
  };
}

/** A change of a policy, and what follows from it, come in swarms. */
const settleMs = 1_000;

/** What fails here is most often a role that was not given. */
const backoff = { baseMs: 1_000, maxMs: 300_000 };

/** What is no fault of anybody's: tried again, and not told. */
const passing: ReadonlySet<string | undefined> = new Set(['conflict', 'not-found', 'aborted']);
