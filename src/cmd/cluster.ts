import type { ClientDeps } from '../kube/client.js';
import { createClusterView, type ClusterView } from '../sources/cluster.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';
import { connect, type Connected } from './connect.js';
import type { Requests } from './requests.js';

/** A cluster that is being watched. */
export interface WatchedCluster extends Connected {
  readonly view: ClusterView;
  readonly ended: Promise<void>;
}

export interface WatchClusterDeps {
  /** Undefined: the cluster that the process runs in. */
  readonly kubeconfig: string | undefined;
  /** Pods that are not bound yet, too. */
  readonly pendingPods: boolean;
  readonly limits?: ClientDeps['limits'];
  readonly requests: Requests;
  readonly signal: AbortSignal;
}

/** @throws {AppError} where there is no cluster to connect to, or its kubeconfig cannot be used. */
export async function watchCluster(deps: WatchClusterDeps): Promise<WatchedCluster> {
  const connected = await connect(deps.kubeconfig, deps.limits, deps.requests.observe);
  const view = createClusterView({
    client: connected.client,
    clock: systemClock,
    random: systemRandom,
    pendingPods: deps.pendingPods,
    onFault: deps.requests.watchFault(),
  });
  return { ...connected, view, ended: view.run(deps.signal) };
}
