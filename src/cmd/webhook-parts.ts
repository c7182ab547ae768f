import { waitForFiles } from '../certs/wait.js';
import { AppError } from '../errors.js';
import type { Snapshot } from '../placement/snapshot.js';
import { compileMatchers } from '../policy/matchers.js';
import { systemClock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { WatchedCluster } from './cluster.js';
import { isInCluster } from './in-cluster.js';
import type { Requests } from './requests.js';
import { onTermination } from './signals.js';
import type { WebhookFlags } from './webhook-flags.js';
import type { ServeDeps } from './webhook-serve.js';
import type { followTrust } from './webhook-trust.js';

/** False: it was told to end before they came. */
export async function certificatesCome(
  { certificates: { cert, key } }: WebhookFlags,
  log: Logger,
): Promise<boolean> {
  const termination = onTermination();
  const stop = new AbortController();
  void termination.asked.then(() => {
    stop.abort();
  });
  log.info({ cert, key }, 'waits for certificates');
  const came = await waitForFiles([cert, key], systemClock, stop.signal);
  termination.forget();
  return came;
}

export async function openTrust(
  { configuration }: WebhookFlags,
  cluster: WatchedCluster | undefined,
  serving: () => string,
  signal: AbortSignal,
): Promise<ReturnType<typeof followTrust> | undefined> {
  if (configuration === undefined) return undefined;
  if (cluster === undefined) throw new AppError('usage', '--webhook-configuration needs a cluster');
  const { followTrust: follow } = await import('./webhook-trust.js');
  return follow({ client: cluster.client, name: configuration, serving, signal });
}

/** Observes, so that nothing is taken back for want of a policy. */
export const nothingYet: Snapshot = {
  index: compileMatchers([], (policy): never => {
    throw new Error(`unexpected policy ${policy.metadata.name}`);
  }),
  observe: true,
  namespaceLabels: () => undefined,
};

/** Loaded only where there is a cluster to watch. */
export async function openCluster(
  { kubeconfig, cluster }: WebhookFlags,
  requests: Requests,
  signal: AbortSignal,
): Promise<WatchedCluster | undefined> {
  if (!cluster || (kubeconfig === undefined && !isInCluster())) return undefined;
  const { watchCluster } = await import('./cluster.js');
  return watchCluster({ kubeconfig, pendingPods: true, requests, signal });
}

/** For the readiness. */
export const statusOf = (
  cluster: WatchedCluster | undefined,
  trust: ReturnType<typeof followTrust> | undefined,
): Pick<ServeDeps, 'cluster' | 'configuration'> => ({
  ...(cluster ? { cluster: () => ({ synced: cluster.view.hasSynced }) } : {}),
  ...(trust ? { configuration: trust.status } : {}),
});
