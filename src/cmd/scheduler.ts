import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Runner } from '../controllers/runner.js';
import { schedulerOf } from '../scheduler/register.js';
import type { Scheduler } from '../scheduler/index.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';
import { createLogger } from '../telemetry/logger.js';
import { controllerMetrics, createRegistry } from '../telemetry/metrics.js';
import { watchCluster } from './cluster.js';
import type { Io } from './command.js';
import { connect } from './connect.js';
import { runElected } from './elected.js';
import { openPolicies, type Policies } from './policies.js';
import { readFlags } from './scheduler-flags.js';
import { followRequests } from './requests.js';
import { version } from './version.js';

export { usage } from './scheduler-flags.js';

/** Runs until a signal ends it; `status` and `trace` ask. @throws AppError for a fault at the start. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const [asked, ...rest] = args;
  if (asked === 'status') return (await import('./scheduler-status.js')).run(rest, io);
  if (asked === 'trace') return (await import('./scheduler-trace.js')).run(rest, io);
  return serve(args);
}

async function serve(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const log = createLogger({ component: 'scheduler', level: flags.logLevel });
  const registry = createRegistry({ version: version() });
  const metrics = controllerMetrics(registry);
  const requests = followRequests(log, registry, flags.role);
  const stop = new AbortController();
  const { signal } = stop;
  const cluster = await watchCluster({ kubeconfig: flags.kubeconfig, pendingPods: false, requests, signal });
  const { bindsPerSecond: perSecond, concurrency: inFlight } = flags;
  const lanes = { binds: { perSecond, burst: perSecond, inFlight } };
  const binds = await connect(flags.kubeconfig, lanes, requests.observe);
  try {
    const policies =
      flags.policies &&
      (await openPolicies({
        flags: { policies: flags.policies.paths, observe: flags.observe, reloadMs: flags.reloadMs },
        client: cluster.client,
        namespaceLabels: cluster.view.namespaceLabels,
        ...{ log, registry, requests, signal },
      }));
    const identity = `${hostname()}_${randomUUID()}`;
    const parts = { client: cluster.client, clock: systemClock, random: systemRandom };
    const scheduler = schedulerOf({
      ...parts,
      ...{ identity, log, registry, binds: binds.client, onWatchFault: requests.watchFault() },
      options: { ...flags, inFlight: flags.concurrency },
      ...(policies && { marks: { view: cluster.view, snapshot: policies.snapshot } }),
    });
    const lease = { namespace: flags.namespace ?? cluster.namespace, name: flags.name, identity };
    await runElected({
      ...{ log, registry, metrics, stop, host: flags.host, opsPort: flags.opsPort },
      what: 'scheduler',
      controllers: [scheduler],
      client: cluster.client,
      lease: flags.leaderElection ? lease : undefined,
      report: (runner) => ({ ...report(runner, scheduler, policies), ...requests.denied() }),
      ended: [policies?.ended, cluster.ended],
    });
    return 0;
  } finally {
    stop.abort();
    await binds.close();
    await cluster.close();
  }
}

/** A standby is ready: it has all it needs to take over. `scheduler status` reads this. */
function report(runner: Runner, scheduler: Scheduler, policies: Policies | undefined) {
  return {
    ready: runner.hasSynced,
    role: runner.isLeader ? 'leader' : 'standby',
    leader: runner.leader,
    synced: runner.hasSynced,
    queue: scheduler.queue(),
    nodes: scheduler.nodes(),
    breakers: scheduler.breakers
      .standings()
      .filter(({ state, failures }) => state !== 'closed' || failures > 0),
    ...(policies && { policies: policies.status() }),
  };
}
