import { virtualKubeletLabel, virtualKubeletLabelValue, virtualKubeletTaint } from '../objects/well-known.js';
import type { Provider } from './provider.js';

/** What the library's own downward API resolves; a variable that reads anything else keeps the pod from starting. */
export const resolvedFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'metadata.labels[]',
  'metadata.annotations[]',
  'spec.nodeName',
  'spec.serviceAccountName',
] as const;

/** Any node of the virtual-kubelet library, whoever runs it. */
export const virtualKubelet = {
  name: 'virtual-kubelet',
  title: 'Virtual Kubelet (generic)',
  sources: {
    node: 'virtual-kubelet/virtual-kubelet:node/nodeutil/controller.go',
    taint: 'virtual-kubelet/virtual-kubelet:cmd/virtual-kubelet/internal/commands/root/node.go',
    example: 'virtual-kubelet/azure-aci:README.md',
    queue: 'virtual-kubelet/virtual-kubelet:node/podcontroller.go',
    pod: 'virtual-kubelet/virtual-kubelet:node/pod.go',
    env: 'virtual-kubelet/virtual-kubelet:internal/podutils/helper.go',
  },
  node: {
    labels: [{ key: virtualKubeletLabel, value: virtualKubeletLabelValue, source: 'node' }],
    taints: [{ key: virtualKubeletTaint, effect: 'NoSchedule', removable: true, source: 'taint' }],
  },
  steering: {
    way: 'toleration',
    tolerations: [{ key: virtualKubeletTaint, operator: 'Exists', source: 'example' }],
    select: [{ key: virtualKubeletLabel, value: virtualKubeletLabelValue, source: 'example' }],
  },
  restrictions: { fieldPaths: { paths: resolvedFieldPaths, source: 'env' } },
  acceptance: { burst: 100, perSecond: 10, of: 'node', source: 'queue' },
  // The library has no finer signal: any create that its provider refuses looks so.
  stock: { statusReasons: [{ reason: 'ProviderFailed', source: 'pod' }] },
} as const satisfies Provider;
