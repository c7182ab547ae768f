import type { Provider } from './provider.js';

const label = 'node-role.kubernetes.io/virtual-node';

/** No taint is confirmed: one that was put on the node pool must be tolerated by the workload itself. */
export const ociVirtualNode = {
  name: 'oci-virtual-node',
  title: 'Oracle OKE virtual nodes',
  sources: {
    opencost: 'opencost/opencost:pkg/cloud/oracle/provider.go',
  },
  node: {
    labels: [{ key: label, source: 'opencost' }],
    taints: [],
  },
  steering: {
    way: 'toleration',
    tolerations: [],
    select: [{ key: label, source: 'opencost' }],
  },
  restrictions: {},
} as const satisfies Provider;
