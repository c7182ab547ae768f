import {
  networkUnavailableTaint,
  osLabel,
  virtualKubeletLabel,
  virtualKubeletLabelValue,
  virtualKubeletTaint,
} from '../objects/well-known.js';
import type { Provider } from './provider.js';
import { resolvedFieldPaths } from './virtual-kubelet.js';

const roleLabel = 'kubernetes.io/role';

/** First generation: the AKS add-on and the azure-aci chart, Linux nodes. */
export const azureAci = {
  name: 'azure-aci',
  title: 'Azure virtual nodes (AKS add-on, azure-aci)',
  sources: {
    readme: 'virtual-kubelet/azure-aci:README.md',
    main: 'virtual-kubelet/azure-aci:cmd/virtual-kubelet/main.go',
    node: 'virtual-kubelet/azure-aci:pkg/provider/vk_node.go',
    provider: 'virtual-kubelet/azure-aci:pkg/provider/aci.go',
    volumes: 'virtual-kubelet/azure-aci:pkg/provider/aci_volumes.go',
    routes: 'https://github.com/virtual-kubelet/azure-aci/issues/90',
    pod: 'virtual-kubelet/virtual-kubelet:node/pod.go',
    env: 'virtual-kubelet/virtual-kubelet:internal/podutils/helper.go',
  },
  node: {
    labels: [
      { key: virtualKubeletLabel, value: virtualKubeletLabelValue, source: 'readme' },
      { key: roleLabel, value: 'agent', source: 'readme' },
      { key: osLabel, value: 'linux', source: 'node' },
    ],
    taints: [{ key: virtualKubeletTaint, value: 'azure', effect: 'NoSchedule', source: 'main' }],
  },
  steering: {
    way: 'toleration',
    tolerations: [
      { key: virtualKubeletTaint, operator: 'Exists', source: 'readme' },
      { key: 'azure.com/aci', effect: 'NoSchedule', source: 'readme' },
      // A cloud's route controller knows no route to a virtual node and taints it, hours after it joined.
      { key: networkUnavailableTaint, operator: 'Exists', effect: 'NoSchedule', source: 'routes' },
    ],
    select: [
      { key: virtualKubeletLabel, value: virtualKubeletLabelValue, source: 'readme' },
      { key: roleLabel, value: 'agent', source: 'readme' },
      { key: osLabel, value: 'linux', source: 'node' },
    ],
  },
  restrictions: {
    refuses: [
      { what: 'persistentVolumeClaim', source: 'volumes' },
      { what: 'argsWithoutCommand', source: 'provider' },
      { what: 'lifecycleHook', source: 'provider' },
      { what: 'startupProbe', source: 'provider' },
      { what: 'tcpSocketProbe', source: 'provider' },
      { what: 'grpcProbe', source: 'provider' },
      { what: 'initContainerPorts', source: 'provider' },
      { what: 'initContainerResources', source: 'provider' },
      { what: 'initContainerProbe', source: 'provider' },
      { what: 'initContainerLifecycleHook', source: 'provider' },
    ],
    fieldPaths: { paths: resolvedFieldPaths, source: 'env' },
    volumeTypes: {
      types: ['emptyDir', 'azureFile', 'gitRepo', 'secret', 'configMap', 'projected', 'csi'],
      csiDrivers: ['file.csi.azure.com'],
      source: 'volumes',
    },
  },
  options: {
    gpuType: {
      type: 'string',
      writes: { to: 'annotation', key: 'virtual-kubelet.io/gpu-type' },
      description: 'GPU type of the container group.',
      source: 'provider',
    },
    containerSku: {
      type: 'string',
      writes: { to: 'annotation', key: 'virtual-kubelet.io/container-sku' },
      description: 'SKU of the container group.',
      source: 'provider',
    },
    confidentialPolicy: {
      type: 'string',
      writes: { to: 'annotation', key: 'virtual-kubelet.io/confidential-compute-cce-policy' },
      description: 'Confidential computing enforcement policy.',
      source: 'provider',
    },
  },
  // The library has no finer signal: any create that Azure refuses looks so.
  stock: { statusReasons: [{ reason: 'ProviderFailed', source: 'pod' }] },
} as const satisfies Provider;
