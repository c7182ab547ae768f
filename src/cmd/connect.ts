import { AppError } from '../errors.js';
import { createClient, type Client, type ClientDeps } from '../kube/client.js';
import type { Connection } from '../kube/connection.js';
import { inCluster } from '../kube/in-cluster.js';
import { createTransport } from '../kube/transport.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';

/** An API server, and how to be done with it. */
export interface Connected {
  readonly client: Client;
  /** Of the kubeconfig's context or of the service account. */
  readonly namespace: string;
  close(): Promise<void>;
}

/**
 * The cluster of `kubeconfig`, or without one the cluster that the process runs in.
 *
 * @throws {AppError} usage, where there is neither; kubeconfig-invalid or file-unreadable.
 */
export async function connect(
  kubeconfig: string | undefined,
  limits: ClientDeps['limits'] = {},
  observe?: ClientDeps['observe'],
): Promise<Connected> {
  const connection = kubeconfig === undefined ? await ownCluster() : await fromFile(kubeconfig);
  const transport = createTransport(connection);
  return {
    client: createClient({
      transport,
      clock: systemClock,
      random: systemRandom,
      limits,
      ...(observe && { observe }),
    }),
    namespace: connection.namespace,
    close: () => transport.close(),
  };
}

async function ownCluster(): Promise<Connection> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = process.env;
  if (host === undefined) {
    throw new AppError('usage', '--kubeconfig is required outside a cluster');
  }
  return inCluster({ host, port, clock: systemClock });
}

/** Loaded only here: @kubernetes/client-node costs 60 MB. */
async function fromFile(path: string): Promise<Connection> {
  const { fromKubeconfig } = await import('../kube/kubeconfig.js');
  return fromKubeconfig({ path, clock: systemClock });
}
