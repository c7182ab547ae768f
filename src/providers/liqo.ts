import { virtualKubeletLabel, virtualKubeletLabelValue } from '../objects/well-known.js';
import type { Provider } from './provider.js';

const typeLabel = 'liqo.io/type';
const taint = 'virtual-node.liqo.io/not-allowed';

/**
 * A virtual node is another cluster. Liqo offloads only pods of namespaces that have a NamespaceOffloading; its own
 * webhook adds the same toleration there.
 */
export const liqo = {
  name: 'liqo',
  title: 'Liqo',
  sources: {
    node: 'liqotech/liqo:pkg/virtualKubelet/liqoNodeProvider/setup.go',
    webhook: 'liqotech/liqo:pkg/webhooks/pod/mutations.go',
  },
  node: {
    labels: [
      { key: typeLabel, value: 'virtual-node', source: 'node' },
      { key: virtualKubeletLabel, value: virtualKubeletLabelValue, source: 'node' },
    ],
    taints: [{ key: taint, value: 'true', effect: 'NoExecute', source: 'node' }],
  },
  steering: {
    way: 'toleration',
    tolerations: [{ key: taint, operator: 'Exists', effect: 'NoExecute', source: 'webhook' }],
    select: [{ key: typeLabel, value: 'virtual-node', source: 'webhook' }],
  },
  restrictions: {},
} as const satisfies Provider;
