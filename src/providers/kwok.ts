import type { Provider } from './provider.js';

const nodeTaint = 'kwok.x-k8s.io/node';

/** Fake nodes for laptops, tests and simulations. Labels and taint are those of KWOK's sample node. */
export const kwok = {
  name: 'kwok',
  title: 'KWOK',
  sources: {
    nodes: 'kubernetes-sigs/kwok:site/content/en/docs/user/kwok-manage-nodes-and-pods.md',
  },
  node: {
    labels: [{ key: 'type', value: 'kwok', source: 'nodes' }],
    taints: [{ key: nodeTaint, value: 'fake', effect: 'NoSchedule', removable: true, source: 'nodes' }],
  },
  steering: {
    way: 'toleration',
    tolerations: [{ key: nodeTaint, operator: 'Exists', effect: 'NoSchedule', source: 'nodes' }],
    select: [{ key: 'type', value: 'kwok', source: 'nodes' }],
  },
  restrictions: {},
} as const satisfies Provider;
