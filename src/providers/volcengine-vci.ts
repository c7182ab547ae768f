import type { Provider } from './provider.js';

const vke = (name: string) => ({ to: 'annotation', key: `vke.volcengine.com/${name}` }) as const;
const vci = (name: string) => ({ to: 'annotation', key: `vci.vke.volcengine.com/${name}` }) as const;
const burst = 'vke.volcengine.com/burst-to-vci';

export const volcengineVci = {
  name: 'volcengine-vci',
  title: 'Volcengine VKE with VCI',
  sources: {
    annotations: 'https://www.volcengine.com/docs/6460/76920',
    admission: 'volcengine/volcengine-vci-admission:README.md',
    nodes: 'public: pod manifests and scheduler events; repositories not identified',
  },
  node: {
    labels: [],
    taints: [
      { key: 'vci.vke.volcengine.com/node-type', value: 'vci', effect: 'NoSchedule', source: 'nodes' },
    ],
  },
  steering: {
    way: 'annotation',
    marks: { VirtualOnly: { [burst]: 'enforce' } },
    source: 'annotations',
  },
  restrictions: {},
  options: {
    burstLabel: {
      type: 'enum',
      values: ['enforce'],
      writes: { to: 'label', key: burst },
      description:
        'For self-built clusters: volcengine-vci-admission reads a label instead of the annotation.',
      source: 'admission',
    },
    subnets: {
      type: 'stringList',
      writes: vke('preferred-subnet-ids'),
      description: 'Subnets of the pod, all in one zone.',
      source: 'annotations',
    },
    securityGroups: {
      type: 'stringList',
      writes: vke('security-group-ids'),
      description: 'Security groups of the pod.',
      source: 'annotations',
    },
    instanceTypes: {
      type: 'stringList',
      writes: vci('preferred-instance-types'),
      description: 'Instance types in order of preference.',
      source: 'annotations',
    },
    instanceFamilies: {
      type: 'stringList',
      writes: vci('preferred-instance-family'),
      description: 'Instance families in order of preference; the provider takes `vci.u1` by default.',
      source: 'annotations',
    },
    kubeProxy: {
      type: 'boolean',
      writes: vci('kube-proxy-enabled'),
      description: 'Run kube-proxy beside the pod; `false` starts faster.',
      source: 'annotations',
    },
    systemDiskGi: {
      type: 'integer',
      minimum: 40,
      maximum: 500,
      writes: vci('desired-system-storage'),
      description: 'Size of the system disk, in GiB.',
      source: 'annotations',
    },
  },
} as const satisfies Provider;
