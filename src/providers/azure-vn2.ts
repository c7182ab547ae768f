import { osLabel, virtualKubeletTaint } from '../objects/well-known.js';
import type { Provider } from './provider.js';

const annotation = (name: string) =>
  ({ to: 'annotation', key: `microsoft.containerinstance.virtualnode.${name}` }) as const;

/** Second generation: virtual nodes on Azure Container Instances, by Helm. */
export const azureVn2 = {
  name: 'azure-vn2',
  title: 'Azure virtual nodes on ACI (second generation)',
  sources: {
    readme: 'microsoft/virtualnodesOnAzureContainerInstances:README.md',
    pods: 'microsoft/virtualnodesOnAzureContainerInstances:Docs/PodCustomizations.md',
  },
  node: {
    labels: [
      { key: 'virtualization', value: 'virtualnode2', source: 'readme' },
      { key: osLabel, value: 'linux', source: 'readme' },
    ],
    taints: [{ key: virtualKubeletTaint, effect: 'NoSchedule', removable: true, source: 'readme' }],
  },
  steering: {
    way: 'toleration',
    tolerations: [{ key: virtualKubeletTaint, operator: 'Exists', effect: 'NoSchedule', source: 'readme' }],
    select: [
      { key: 'virtualization', value: 'virtualnode2', source: 'readme' },
      { key: osLabel, value: 'linux', source: 'readme' },
    ],
  },
  restrictions: {},
  options: {
    confidentialPolicy: {
      type: 'string',
      writes: annotation('ccepolicy'),
      description: 'Confidential computing enforcement policy.',
      source: 'pods',
    },
    subnet: {
      type: 'string',
      writes: annotation('subnets.primary'),
      description: 'Resource ID of the subnet.',
      source: 'pods',
    },
    identity: {
      type: 'string',
      writes: annotation('identity'),
      description: 'Managed identity of the pod.',
      source: 'pods',
    },
    zone: {
      type: 'string',
      pattern: '^[^;,\\s]+$',
      writes: annotation('zones'),
      description: 'Availability zone; one only.',
      source: 'pods',
    },
    injectKubeProxy: {
      type: 'boolean',
      writes: annotation('injectkubeproxy'),
      description: 'Run kube-proxy beside the pod; `false` starts faster and spares the API server watches.',
      source: 'pods',
    },
    injectDns: {
      type: 'boolean',
      writes: annotation('injectdns'),
      description: 'Give the pod the DNS of the cluster.',
      source: 'pods',
    },
    customTags: {
      type: 'stringList',
      pattern: '^[^=;\\s]+=[^;]*$',
      writes: { ...annotation('customtags'), separator: ';' },
      description: 'Azure tags of the container group, as `env=Dev`.',
      source: 'pods',
    },
  },
} as const satisfies Provider;
