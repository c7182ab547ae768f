import { virtualKubeletTaint } from '../objects/well-known.js';
import type { Provider } from './provider.js';

const podSize = 'resource.cci.io/pod-size-specs';

/** CCE Cloud Bursting Engine for CCI: a webhook of its own reads the label and writes the rest. */
export const huaweiCci = {
  name: 'huawei-cci',
  title: 'Huawei Cloud CCE bursting to CCI',
  sources: {
    scheduling: 'https://support.huaweicloud.com/usermanual-cci2/cci_01_0025.html',
    limits: 'https://support.huaweicloud.com/usermanual-cci2/cci_01_0024.html',
    sizing: 'https://support.huaweicloud.com/usermanual-cci2/cci_01_0027.html',
    types: 'https://support.huaweicloud.com/usermanual-cci2/cci_01_0132.html',
    coreDump: 'https://support.huaweicloud.com/usermanual-cci2/cci_01_0043.html',
    node: 'public: troubleshooting notes on CCE bursting; repository not identified',
  },
  node: {
    labels: [],
    taints: [{ key: virtualKubeletTaint, source: 'node' }],
  },
  steering: {
    way: 'label',
    marks: { VirtualOnly: { 'bursting.cci.io/burst-to-cci': 'enforce' } },
    source: 'scheduling',
  },
  restrictions: {
    refuses: [{ what: 'tcpSocketStartupProbe', source: 'limits' }],
  },
  options: {
    podSize: {
      type: 'string',
      pattern: '^\\d+(\\.\\d+)?_\\d+(\\.\\d+)?$',
      writes: { to: 'annotation', key: podSize },
      description: 'vCPU and memory of the pod in place of requests, as `2.00_4.0`.',
      source: 'sizing',
    },
    instanceTypes: {
      type: 'stringList',
      writes: { to: 'annotation', key: 'resource.cci.io/instance-type-preference' },
      description: 'Instance types in order of preference; not with `resource.cci.io/instance-type`.',
      source: 'types',
    },
    coreDump: {
      type: 'string',
      pattern: '^\\{"core_pattern":"/var/[^"|\\s]+","max_size":\\d+\\}$',
      writes: { to: 'annotation', key: 'system.cci.io/coredump' },
      description:
        'Core dumps, as `{"core_pattern":"/var/cores/core.%h.%e.%p.%t","max_size":1024}`; mount a volume there.',
      source: 'coreDump',
    },
  },
  // One container with both suffices.
  requests: { without: 'refused', unlessAnnotation: podSize, source: 'sizing' },
} as const satisfies Provider;
