import { createCache, type Cache } from '../kube/cache.js';
import type { Client } from '../kube/client.js';
import { createListWatch, type ListWatchDeps } from '../kube/list-watch.js';
import { keyOf, type KubeObject } from '../kube/object.js';
import { pages } from '../kube/pages.js';
import { isOlder } from '../kube/resource-version.js';
import { resources } from '../kube/resource.js';
import { runWorkers } from '../kube/workers.js';
import { createWorkqueue } from '../kube/workqueue.js';
import { hash32 } from '../objects/hash.js';
import type { Reason } from '../policy/reasons.js';
import type { Snapshot } from '../placement/snapshot.js';
import type { ClusterView } from '../sources/cluster.js';
import type { Clock, Random } from '../telemetry/clock.js';
import { isOwned } from './adoption/apply.js';
import { assess, type Assessment, type Standing } from './adoption/decide.js';

/** A CronJob, as far as it tells whether there is something to do: about 0.2 KB where the whole takes 10 KB. */
export interface AssessedCronJob {
  readonly namespace: string;
  readonly name: string;
  readonly resourceVersion: string;
  readonly standing: Standing;
  readonly because: Reason;
  readonly policy: string | undefined;
  /** A hash of how it is to be changed; 0: not at all. */
  readonly change: number;
  /** A write of ours has left its name among the managers. */
  readonly owned: boolean;
}

export interface CronJobsDeps {
  readonly client: Pick<Client, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly view: Pick<ClusterView, 'onNamespace' | 'whenSynced'>;
  /** Undefined until policies are loaded: nothing is wanted before. */
  readonly snapshot: () => Snapshot | undefined;
  readonly onSnapshot: (listener: () => void) => void;
  /** Where tidegate is installed; its CronJobs are left alone. */
  readonly ownNamespace?: string | undefined;
  readonly onFault: NonNullable<ListWatchDeps<unknown>['onFault']>;
}

export interface CronJobs {
  readonly cache: Cache<AssessedCronJob, never>;
  /** How a CronJob stands now. */
  readonly assess: (cronJob: KubeObject) => Assessment;
  /** Watches until the signal aborts; whoever calls it later waits for the same. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  readonly hasSynced: boolean;
}

/**
 * Every CronJob of the cluster, assessed as it arrives, and again when policies or Namespaces change; none is kept
 * whole. Several controllers share it.
 */
export function createCronJobs(deps: CronJobsDeps): CronJobs {
  const { client, clock, random, onFault } = deps;
  const cache = createCache<AssessedCronJob, never>({ indexes: {}, isSame });
  const sweeps = createWorkqueue({ clock, random });
  const assessNow = (cronJob: KubeObject): Assessment => {
    const snapshot = deps.snapshot();
    return snapshot === undefined ? notYet : assess('CronJob', cronJob, snapshot, deps.ownNamespace);
  };
  const project = (cronJob: KubeObject) => toAssessed(cronJob, assessNow(cronJob));
  const watch = createListWatch({
    client,
    clock,
    random,
    resource: resources.cronJobs,
    project,
    sink: cache,
    onFault,
  });
  let running: Promise<void> | undefined;

  /** What came by the watch meanwhile is newer; what is not known yet, or no more, is the watch's to tell. */
  function look(cronJob: KubeObject): void {
    const known = cache.get(keyOf(cronJob));
    if (known === undefined) return;
    if (isOlder(cronJob.metadata.resourceVersion ?? '', known.resourceVersion)) return;
    cache.put(project(cronJob));
  }

  async function sweep(namespace: string): Promise<void> {
    const where = namespace === everywhere ? {} : { namespace };
    for await (const cronJob of pages(client, resources.cronJobs, where)) look(cronJob);
  }

  const again = (namespace: string): void => {
    sweeps.addAfter(namespace, settleMs);
  };

  async function watchAll(signal: AbortSignal): Promise<void> {
    // Else every CronJob would be assessed against Namespaces that are not known yet.
    await deps.view.whenSynced();
    deps.view.onNamespace(again);
    const sweeping = runWorkers({
      queue: sweeps,
      count: 1,
      stop: signal,
      drop: signal,
      work: sweep,
      onError: (_key, error) => {
        onFault(error, 'list');
      },
    });
    await Promise.all([watch.run(signal), sweeping]);
  }

  let serving = deps.snapshot();
  deps.onSnapshot(() => {
    if (deps.snapshot() === serving) return;
    serving = deps.snapshot();
    again(everywhere);
  });

  return {
    cache,
    assess: assessNow,
    run: (signal) => (running ??= watchAll(signal)),
    get hasSynced() {
      return watch.hasSynced;
    },
  };
}

const notYet: Assessment = { standing: 'left-alone', because: 'no-policy-matches', operations: [] };

/** No namespace has this name. */
const everywhere = '';

/** Policies and Namespaces change in swarms. */
const settleMs = 500;

const toAssessed = (
  cronJob: KubeObject,
  { standing, because, policy, operations }: Assessment,
): AssessedCronJob => ({
  namespace: cronJob.metadata.namespace ?? '',
  name: cronJob.metadata.name ?? '',
  resourceVersion: cronJob.metadata.resourceVersion ?? '',
  standing,
  because,
  policy,
  change: operations.length === 0 ? 0 : hash32(JSON.stringify(operations)),
  owned: isOwned(cronJob),
});

function isSame(a: AssessedCronJob, b: AssessedCronJob): boolean {
  const fields = ['standing', 'because', 'policy', 'change', 'owned'] as const;
  return fields.every((field) => a[field] === b[field]);
}
