import { textAt } from '../../store/object.js';
import type { Store } from '../../store/store.js';

export interface ServiceReference {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/**
 * Where the API server finds a Service: by its external name, or by its cluster IP, to which only a kube-proxy leads
 * (kube-aggregator/pkg/apiserver/resolvers.go and apiserver/pkg/util/proxy/proxy.go, `ResolveCluster`).
 *
 * @throws Error in the API server's words
 */
export function addressOf(store: Store, { namespace, name, port }: ServiceReference): string {
  const service = store.get('services', namespace, name);
  if (service === undefined) throw new Error(`service "${name}" not found`);
  if (textAt(service, 'spec', 'type') === 'ExternalName')
    return `https://${textAt(service, 'spec', 'externalName')}:${port}`;
  const address = textAt(service, 'spec', 'clusterIP');
  if (address === 'None') throw new Error('cannot route to service with ClusterIP "None"');
  throw new Error(
    `the cluster in a box has no kube-proxy that leads to ${address}:${port}: give it a Service of type ExternalName`,
  );
}
