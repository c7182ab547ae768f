import { createCronJobs } from '../controllers/cron-jobs.js';
import { controllerFactories, type ControllerContext } from '../controllers/registry.js';
import type { Runner } from '../controllers/runner.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';
import { createLogger } from '../telemetry/logger.js';
import { controllerMetrics, createRegistry } from '../telemetry/metrics.js';
import { watchCluster, type WatchedCluster } from './cluster.js';
import { readFlags } from './controllers-flags.js';
import { adoptionLane, certificatesOf, leaseOf } from './controllers-parts.js';
import { runElected } from './elected.js';
import { openPolicies, type Policies } from './policies.js';
import { followRequests } from './requests.js';
import { version } from './version.js';

export { usage } from './controllers-flags.js';

/** Runs until a signal ends it. @throws AppError for a fault at the start. */
export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const log = createLogger({ component: 'controllers', level: flags.logLevel });
  const registry = createRegistry({ version: version() });
  const metrics = controllerMetrics(registry);
  const requests = followRequests(log, registry, flags.role);
  const stop = new AbortController();
  const { signal } = stop;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const cluster = await watchCluster({
    kubeconfig: flags.kubeconfig,
    pendingPods: false,
    limits: { adoption: adoptionLane(flags.adoptionPerSecond) },
    requests,
    signal,
  });
  try {
    const policies = await openPolicies({
      flags,
      client: cluster.client,
      namespaceLabels: cluster.view.namespaceLabels,
      log,
      registry,
      requests,
      signal,
      onChange: changed,
    });
    cluster.view.onNamespace(changed);
    const namespace = flags.namespace ?? cluster.namespace;
    const lease = leaseOf(namespace);
    const parts = {
      client: cluster.client,
      clock: systemClock,
      random: systemRandom,
      view: cluster.view,
      snapshot: policies.snapshot,
      onSnapshot: (listener: () => void) => void listeners.add(listener),
    };
    const context: ControllerContext = {
      ...parts,
      cronJobs: createCronJobs({
        ...parts,
        ownNamespace: flags.namespace,
        onFault: requests.watchFault(),
      }),
      identity: lease.identity,
      log,
      registry,
      onWatchFault: requests.watchFault(),
      options: {
        adoption: flags.adoption,
        logConfigs: { mode: flags.logConfigs, namespace: flags.logConfigsNamespace ?? namespace },
        certificates: flags.certificates && certificatesOf(flags.certificates, namespace),
      },
      ...(policies.objects ? { policies: policies.objects } : {}),
    };
    await runElected({
      ...{ log, registry, metrics, stop, host: flags.host, opsPort: flags.opsPort },
      what: 'controllers',
      controllers: controllerFactories.flatMap((create) => create(context) ?? []),
      client: cluster.client,
      lease: flags.leaderElection ? lease : undefined,
      report: (runner) => ({ ...report(runner, cluster, policies), ...requests.denied() }),
      ended: [policies.ended, cluster.ended],
    });
    return 0;
  } finally {
    stop.abort();
    await cluster.close();
  }
}

/** A standby is ready: it has all it needs to take over. */
function report(runner: Runner, { view }: WatchedCluster, policies: Policies) {
  const synced = view.hasSynced && runner.hasSynced;
  return {
    ready: synced,
    role: runner.isLeader ? 'leader' : 'standby',
    leader: runner.leader,
    synced,
    policies: policies.status(),
  };
}
