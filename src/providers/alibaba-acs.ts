import { virtualKubeletLabel, virtualKubeletLabelValue, virtualKubeletTaint } from '../objects/well-known.js';
import type { Provider } from './provider.js';

/** ACS compute on the virtual nodes of ACK, which serve ECI too. */
export const alibabaAcs = {
  name: 'alibaba-acs',
  title: 'Alibaba Cloud ACS on ACK',
  sources: {
    scaling:
      'https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/user-guide/configure-eci-scaling',
    overview: 'https://help.aliyun.com/en/cs/user-guide/acs-pod-instance-overview',
    conditions: 'https://help.aliyun.com/en/cs/user-guide/acs-pod-custom-condition',
    network: 'https://help.aliyun.com/zh/cs/user-guide/specify-vswitch-and-securitygroups-for-the-pod',
  },
  node: {
    labels: [{ key: virtualKubeletLabel, value: virtualKubeletLabelValue, source: 'scaling' }],
    taints: [{ key: virtualKubeletTaint, value: 'alibabacloud', effect: 'NoSchedule', source: 'scaling' }],
  },
  steering: {
    way: 'label',
    marks: { VirtualOnly: { 'alibabacloud.com/acs': 'true' } },
    source: 'overview',
  },
  restrictions: {},
  options: {
    computeClass: {
      type: 'enum',
      values: ['general-purpose', 'performance', 'gpu', 'gpu-hpn', 'agent-sandbox'],
      writes: { to: 'label', key: 'alibabacloud.com/compute-class' },
      description: 'Class of the instance; the provider takes `general-purpose` by default.',
      source: 'overview',
    },
    computeQos: {
      type: 'enum',
      values: ['default', 'best-effort'],
      writes: { to: 'label', key: 'alibabacloud.com/compute-qos' },
      description: '`best-effort` is cheaper and may be taken away with five minutes of notice.',
      source: 'overview',
    },
    vSwitches: {
      type: 'stringList',
      writes: { to: 'annotation', key: 'network.alibabacloud.com/vswitch-ids' },
      description: 'vSwitches of the pod; several spread over several zones.',
      source: 'network',
    },
    securityGroups: {
      type: 'stringList',
      writes: { to: 'annotation', key: 'network.alibabacloud.com/security-group-ids' },
      description: 'Security groups of the pod.',
      source: 'network',
    },
  },
  stock: {
    messages: [{ contains: 'the specified instance is out of stock', source: 'conditions' }],
  },
} as const satisfies Provider;
