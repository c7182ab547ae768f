import type { Api } from '../../contract/cluster/behaviour.js';

/** What the endpoint controller makes of a Service's pods; of pods that are processes it knows nothing. */
export interface Endpoints {
  /** So many pods are ready, of so many. */
  set(ready: number, all: number): void;
  /** Settles when all that was set has been written. */
  readonly settled: () => Promise<void>;
}

export function createEndpoints(api: Api, namespace: string, service: string): Endpoints {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/${service}-processes`;
  let last: Promise<unknown> = Promise.resolve();
  return {
    set: (ready, all) => {
      const endpoints = Array.from({ length: all }, (_, i) => ({
        addresses: [`10.0.0.${i + 1}`],
        conditions: { ready: i < ready },
      }));
      const slice = {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: `${service}-processes`,
          labels: {
            'kubernetes.io/service-name': service,
            'endpointslice.kubernetes.io/managed-by': 'the-test',
          },
        },
        addressType: 'IPv4',
        endpoints,
        ports: [{ name: 'https', port: 8443, protocol: 'TCP' }],
      };
      last = last.then(async () => {
        const { status, body } = await api.patch('apply', `${path}?fieldManager=test&force=true`, slice);
        if (status > 201) throw new Error(`no EndpointSlice: ${String(body.message)}`);
      });
    },
    settled: async () => {
      await last;
    },
  };
}
