import { openCertificates } from '../certs/serving.js';
import { bindingFacts } from '../sources/binding.js';
import { systemClock } from '../telemetry/clock.js';
import { createLogger } from '../telemetry/logger.js';
import {
  admissionMetrics,
  certificateMetrics,
  createRegistry,
  scaleInMetrics,
} from '../telemetry/metrics.js';
import { createDecide, createDecideBinding, createDecidePodStatus } from '../webhook/decide.js';
import { createHandler } from '../webhook/handler.js';
import { createObserve } from '../webhook/observe.js';
import { openPolicies } from './policies.js';
import { followRequests } from './requests.js';
import { version } from './version.js';
import { readFlags } from './webhook-flags.js';
import { certificatesCome, nothingYet, openCluster, openTrust, statusOf } from './webhook-parts.js';
import { serve } from './webhook-serve.js';

export { usage } from './webhook-flags.js';

/** Serves until a signal ends it. @throws AppError for a fault at the start: there is no last good state yet. */
export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const clock = systemClock;
  const log = createLogger({ component: 'webhook', level: flags.logLevel });
  const registry = createRegistry({ version: version() });
  const requests = followRequests(log, registry, flags.role);
  const stop = new AbortController();
  const { signal } = stop;
  try {
    if (flags.waitForCertificates && !(await certificatesCome(flags, log))) return 0;
    const certificates = await openCertificates({
      files: flags.certificates,
      everyMs: flags.reloadMs,
      clock,
      log,
      metrics: certificateMetrics(registry),
    });
    const cluster = await openCluster(flags, requests, signal);
    const policies = await openPolicies({
      flags,
      client: cluster?.client,
      namespaceLabels: cluster?.view.namespaceLabels,
      log,
      registry,
      requests,
      signal,
    });
    // Not ready until then; whoever asks all the same is left alone.
    const snapshot = () => policies.snapshot() ?? nothingYet;
    const trust = await openTrust(flags, cluster, () => certificates.current().cert, signal);
    const metrics = admissionMetrics(registry);
    const observe = createObserve({ log, metrics });
    const sources = cluster && bindingFacts(cluster.view);
    const decideBinding = createDecideBinding(snapshot, sources, scaleInMetrics(registry));
    const routes = {
      '/mutate': createHandler({ decide: createDecide(snapshot), observe, clock }),
      '/mutate/binding': createHandler({ decide: decideBinding, observe, clock }),
      '/mutate/pod-status': createHandler({
        decide: createDecidePodStatus(snapshot, clock),
        observe,
        clock,
      }),
    };
    await serve({
      flags,
      routes,
      certificates,
      policies: policies.status,
      ...statusOf(cluster, trust),
      denied: requests.denied,
      log,
      registry,
      metrics,
      stop,
    });
    await Promise.all([policies.ended, trust?.ended, cluster?.ended]);
    await cluster?.close();
    return 0;
  } finally {
    stop.abort();
  }
}
