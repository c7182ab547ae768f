import { openCertificates } from '../certs/serving.js';
import { objectKey } from '../kube/object.js';
import type { Snapshot } from '../placement/snapshot.js';
import { compileMatchers } from '../policy/matchers.js';
import { systemClock } from '../telemetry/clock.js';
import { createLogger, type Logger } from '../telemetry/logger.js';
import {
  admissionMetrics,
  certificateMetrics,
  createRegistry,
  scaleInMetrics,
} from '../telemetry/metrics.js';
import { createDecide, createDecideBinding, type BindingSources } from '../webhook/decide.js';
import { createHandler } from '../webhook/handler.js';
import { createObserve } from '../webhook/observe.js';
import type { WatchedCluster } from './cluster.js';
import { isInCluster } from './in-cluster.js';
import { openPolicies } from './policies.js';
import { version } from './version.js';
import { readFlags, type WebhookFlags } from './webhook-flags.js';
import { serve } from './webhook-serve.js';

export { usage } from './webhook-flags.js';

/** Serves until a signal ends it. @throws AppError for a fault at the start: there is no last good state yet. */
export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const clock = systemClock;
  const log = createLogger({ component: 'webhook', level: flags.logLevel });
  const registry = createRegistry({ version: version() });
  const stop = new AbortController();
  const { signal } = stop;
  try {
    const certificates = await openCertificates({
      files: flags.certificates,
      everyMs: flags.reloadMs,
      clock,
      log,
      metrics: certificateMetrics(registry),
    });
    const cluster = await openCluster(flags, log, signal);
    const policies = await openPolicies({
      flags,
      client: cluster?.client,
      namespaceLabels: cluster?.view.namespaceLabels,
      log,
      registry,
      signal,
    });
    // Not ready until then; whoever asks all the same is left alone.
    const snapshot = () => policies.snapshot() ?? nothingYet;
    const metrics = admissionMetrics(registry);
    const observe = createObserve({ log, metrics });
    const sources = cluster && bindingSources(cluster);
    const decideBinding = createDecideBinding(snapshot, sources, scaleInMetrics(registry));
    const routes = {
      '/mutate': createHandler({ decide: createDecide(snapshot), observe, clock }),
      '/mutate/binding': createHandler({ decide: decideBinding, observe, clock }),
    };
    const clusterStatus = cluster && (() => ({ synced: cluster.view.hasSynced }));
    await serve({
      flags,
      routes,
      certificates,
      policies: policies.status,
      ...(clusterStatus ? { cluster: clusterStatus } : {}),
      log,
      registry,
      metrics,
      stop,
    });
    await Promise.all([policies.ended, cluster?.ended]);
    await cluster?.close();
    return 0;
  } finally {
    stop.abort();
  }
}

/** Observes, so that nothing is taken back for want of a policy. */
const nothingYet: Snapshot = {
  index: compileMatchers([], (policy): never => {
    throw new Error(`unexpected policy ${policy.metadata.name}`);
  }),
  observe: true,
  namespaceLabels: () => undefined,
};

/** Loaded only where there is a cluster to watch. */
async function openCluster(
  { kubeconfig, cluster }: WebhookFlags,
  log: Logger,
  signal: AbortSignal,
): Promise<WatchedCluster | undefined> {
  if (!cluster || (kubeconfig === undefined && !isInCluster())) return undefined;
  const { watchCluster } = await import('./cluster.js');
  return watchCluster({ kubeconfig, pendingPods: true, log, signal });
}

const bindingSources = ({ view }: WatchedCluster): BindingSources => ({
  providersOf: (node) => view.nodes.get(objectKey('', node))?.providers,
  podOf: (namespace, name) => view.pendingPods.get(objectKey(namespace, name)),
});
