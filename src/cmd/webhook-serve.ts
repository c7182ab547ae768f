import { createServer } from 'node:http';
import type { ServingCertificates } from '../certs/serving.js';
import { messageOf } from '../errors.js';
import { systemClock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { AdmissionMetrics, Registry } from '../telemetry/metrics.js';
import { createOpsApp } from '../webhook/app.js';
import { drain } from '../webhook/drain.js';
import { listen } from '../webhook/listen.js';
import {
  createReadiness,
  type ClusterStatus,
  type ReadinessDeps,
  type PolicyStatus,
  type TrustStatus,
} from '../webhook/readiness.js';
import type { Handler } from '../webhook/route.js';
import { createWebhookServer } from '../webhook/server.js';
import { onTermination } from './signals.js';
import type { WebhookFlags } from './webhook-flags.js';

export interface ServeDeps {
  readonly flags: WebhookFlags;
  readonly routes: Readonly<Record<string, Handler>>;
  readonly certificates: ServingCertificates;
  readonly policies: () => PolicyStatus;
  /** Absent where no cluster is watched. */
  readonly cluster?: () => ClusterStatus;
  /** Absent where nobody asks whether it is trusted. */
  readonly configuration?: () => TrustStatus;
  readonly denied: ReadinessDeps['denied'];
  readonly log: Logger;
  readonly registry: Registry;
  readonly metrics: AdmissionMetrics;
  /** Aborted when a signal has ended the serving: ends whatever else runs. */
  readonly stop: AbortController;
}

/** Both ports, from listening until a signal has ended them. */
export async function serve({
  flags,
  certificates,
  policies,
  log,
  registry,
  stop,
  ...deps
}: ServeDeps): Promise<void> {
  let draining = false;
  const webhook = createWebhookServer({
    routes: deps.routes,
    tls: certificates.current(),
    minVersion: flags.minVersion,
    clientSubject: flags.clientSubject,
    log,
    metrics: deps.metrics,
  });
  const readiness = createReadiness({
    policies,
    ...(deps.cluster ? { cluster: deps.cluster } : {}),
    ...(deps.configuration ? { configuration: deps.configuration } : {}),
    certificates: () => ({ expiry: certificates.current().expiry, fault: certificates.fault() }),
    denied: deps.denied,
    draining: () => draining,
  });
  const ops = createServer(createOpsApp({ readiness, registry, log }));
  const survive = keepGoing(log, deps.metrics);
  const termination = onTermination();
  try {
    const port = await listen(webhook.server, flags.port, flags.host);
    const opsPort = await listen(ops, flags.opsPort, flags.host);
    const following = certificates.follow(webhook.renew, stop.signal);
    log.info({ port, opsPort, policies: policies().loaded }, 'webhook serves');

    const signal = await termination.asked;
    log.info({ signal }, 'webhook ends');
    draining = true;
    await drain({ webhook, clock: systemClock, lameDuckMs: flags.lameDuckMs, hurry: termination.hurry });
    // Not before: what serves to the end is kept fresh to the end.
    stop.abort();
    await following;
    log.info('webhook ended');
  } finally {
    webhook.server.close();
    ops.close();
    ops.closeAllConnections();
    termination.forget();
    survive.end();
  }
}

/** No input ends the process: what nothing caught is counted and told. */
function keepGoing(log: Logger, metrics: AdmissionMetrics): { end(): void } {
  const fault = (error: unknown) => {
    metrics.faults.inc();
    log.error({ error: messageOf(error) }, 'unexpected error');
  };
  process.on('uncaughtException', fault);
  return { end: () => void process.off('uncaughtException', fault) };
}
