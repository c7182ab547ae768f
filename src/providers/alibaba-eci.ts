import { hash32 } from '../objects/hash.js';
import type { JsonObject } from '../objects/json.js';
import { virtualKubeletLabel, virtualKubeletLabelValue, virtualKubeletTaint } from '../objects/well-known.js';
import type { LogAnswer, LogWish, Provider, SlsDestination } from './provider.js';

const to = (name: string) => ({ to: 'annotation', key: `k8s.aliyun.com/${name}` }) as const;

/** Put into the containers, so that one log CR a policy selects them; its value is the policy's name. */
const logVariable = 'TIDEGATE_LOG_CONFIG';

const aliyunLogConfigType = {
  group: 'log.alibabacloud.com',
  version: 'v1alpha1',
  plural: 'aliyunlogconfigs',
  kind: 'AliyunLogConfig',
} as const;

/** Steered by toleration, not by the label `alibabacloud.com/eci`, which overrides affinity and knows no fall-back. */
export const alibabaEci = {
  name: 'alibaba-eci',
  title: 'Alibaba Cloud ECI (ack-virtual-node)',
  sources: {
    annotations:
      'https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/user-guide/pod-annotations-1',
    scaling:
      'https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/user-guide/configure-eci-scaling',
    limits: 'https://help.aliyun.com/en/eci/product-overview/limits',
    faults: 'https://www.alibabacloud.com/help/en/eci/user-guide/configure-a-fault-handling-policy-for-a-pod',
    conditions: 'https://help.aliyun.com/en/eci/user-guide/eci-custom-condition',
    logConfig: 'https://www.alibabacloud.com/help/doc-detail/74878.htm',
  },
  node: {
    labels: [{ key: virtualKubeletLabel, value: virtualKubeletLabelValue, source: 'scaling' }],
    taints: [{ key: virtualKubeletTaint, value: 'alibabacloud', effect: 'NoSchedule', source: 'scaling' }],
  },
  steering: {
    way: 'toleration',
    tolerations: [
      {
        key: virtualKubeletTaint,
        operator: 'Equal',
        value: 'alibabacloud',
        effect: 'NoSchedule',
        source: 'scaling',
      },
    ],
    select: [{ key: virtualKubeletLabel, value: virtualKubeletLabelValue, source: 'scaling' }],
  },
  restrictions: {
    reservedPorts: { ports: [111, 10250, 10255], source: 'limits' },
    maxContainers: { count: 20, source: 'limits' },
    maxVolumes: { count: 20, source: 'limits' },
  },
  options: {
    specs: {
      type: 'stringList',
      pattern: '^(\\d+(\\.\\d+)?-\\d+(\\.\\d+)?Gi|ecs\\.[a-z0-9.-]+)$',
      writes: to('eci-use-specs'),
      description: 'Sizes as `2-4Gi` or ECS types, in order: the next is tried when one is out of stock.',
      source: 'annotations',
    },
    instanceFamilies: {
      type: 'stringList',
      writes: to('eci-instance-family'),
      description: 'ECS instance families, as `ecs.c6`.',
      source: 'annotations',
    },
    instanceGenerations: {
      type: 'stringList',
      pattern: '^\\d+$',
      writes: to('eci-instance-generation'),
      description: 'ECS instance generations, as `6`.',
      source: 'annotations',
    },
    computeCategories: {
      type: 'stringList',
      values: ['economy', 'general'],
      writes: to('eci-compute-category'),
      description: 'Compute categories, in order.',
      source: 'annotations',
    },
    vSwitches: {
      type: 'stringList',
      writes: to('eci-vswitch'),
      description:
        'vSwitches; several spread over several zones. Volumes that wait for their first consumer fail.',
      source: 'annotations',
    },
    vSwitchOrder: {
      type: 'enum',
      values: ['VSwitchOrdered', 'VSwitchRandom'],
      writes: to('eci-schedule-strategy'),
      description: 'How a vSwitch is chosen of several.',
      source: 'annotations',
    },
    failStrategy: {
      type: 'enum',
      values: ['fail-back', 'fail-over', 'fail-fast'],
      writes: to('eci-fail-strategy'),
      description:
        'Out of stock: go on trying (`fail-back`, the default, and `fail-over`) or give up at once (`fail-fast`).',
      source: 'annotations',
    },
    maxPendingMinutes: {
      type: 'integer',
      minimum: 10,
      maximum: 1440,
      writes: to('eci-max-pending-minute'),
      description: 'How long it goes on trying; 240 by default.',
      source: 'annotations',
    },
    spotStrategy: {
      type: 'enum',
      values: ['SpotAsPriceGo', 'SpotWithPriceLimit'],
      writes: to('eci-spot-strategy'),
      description: 'Run on spot instances.',
      source: 'annotations',
    },
    spotPriceLimit: {
      type: 'string',
      pattern: '^\\d+(\\.\\d+)?$',
      writes: to('eci-spot-price-limit'),
      description: 'Highest price an hour, with `SpotWithPriceLimit`.',
      source: 'annotations',
    },
    spotDurationHours: {
      type: 'integer',
      minimum: 0,
      maximum: 1,
      writes: to('eci-spot-duration'),
      description: 'Protected time of a spot instance, 1 by default.',
      source: 'annotations',
    },
    spotFallback: {
      type: 'boolean',
      writes: to('eci-spot-fallback'),
      description: 'Pay as you go where spot is out of stock; false by default.',
      source: 'annotations',
    },
    privatePoolMatch: {
      type: 'enum',
      values: ['Open', 'Target'],
      writes: to('eci-privatepool-matchcriteria'),
      description: 'Which private pools serve the pod.',
      source: 'annotations',
    },
    privatePoolId: {
      type: 'string',
      writes: to('eci-privatepool-id'),
      description: 'The private pool, with `Target`.',
      source: 'annotations',
    },
    securityGroups: {
      type: 'stringList',
      maxItems: 5,
      writes: to('eci-security-group'),
      description: 'Security groups of the pod.',
      source: 'annotations',
    },
    imageCacheId: {
      type: 'string',
      writes: to('eci-imc-id'),
      description: 'An image cache made beforehand.',
      source: 'annotations',
    },
    extraEphemeralStorage: {
      type: 'string',
      pattern: '^\\d+Gi$',
      writes: to('eci-extra-ephemeral-storage'),
      description: 'Ephemeral storage above the free 30 GiB, as `50Gi`.',
      source: 'annotations',
    },
    ramRole: {
      type: 'string',
      writes: to('eci-ram-role-name'),
      description: 'RAM role of the pod.',
      source: 'annotations',
    },
    collectSls: {
      type: 'boolean',
      writes: to('eci-sls-enable'),
      description: '`false` switches the collection by log CRs off.',
      source: 'annotations',
    },
    corePattern: {
      type: 'string',
      pattern: '^[^|\\s]\\S*$',
      writes: to('eci-core-pattern'),
      description: 'Where core dumps go, as `/pod/data/dump/core`; mount a volume there.',
      source: 'annotations',
    },
  },
  startup: {
    imageCache: [{ key: 'k8s.aliyun.com/eci-auto-imc', value: 'true', source: 'annotations' }],
  },
  logs: {
    sls: {
      reads: ['stdout'],
      env: ({ policy }) => [{ name: logVariable, value: policy }],
      resource: { type: aliyunLogConfigType, make: aliyunLogConfig, answer: aliyunAnswer },
      source: 'logConfig',
    },
  },
  stock: {
    conditions: [
      {
        type: 'ContainerInstanceCreated',
        reasons: ['NoStock', 'StockExhaust', 'StockClose'],
        source: 'conditions',
      },
      { type: 'ContainerInstanceCreated', reasons: ['ContainerGroup.NoStock'], source: 'faults' },
    ],
    statusReasons: [{ reason: 'ContainerInstanceScheduleFailed', source: 'faults' }],
    messages: [
      { contains: 'the specified instance is out of stock', source: 'conditions' },
      { contains: 'The stock of the specified zones will be used up', source: 'conditions' },
      { contains: 'current zone closed or limited without living instance', source: 'conditions' },
    ],
  },
  acceptance: { burst: 100, perSecond: 20, of: 'account', source: 'limits' },
} as const satisfies Provider;

/** Logtail selects containers by a variable; one CR serves every workload of a policy. */
function aliyunLogConfig({ policy, destination }: LogWish<SlsDestination>) {
  const name = configName(policy);
  return {
    apiVersion: `${aliyunLogConfigType.group}/${aliyunLogConfigType.version}`,
    kind: aliyunLogConfigType.kind,
    metadata: { name },
    spec: {
      project: destination.project,
      logstore: destination.logstore,
      logtailConfig: {
        inputType: 'plugin',
        configName: name,
        inputDetail: {
          plugin: {
            inputs: [
              {
                type: 'service_docker_stdout',
                detail: { Stdout: true, Stderr: true, IncludeEnv: { [logVariable]: policy } },
              },
            ],
          },
        },
      },
    },
  };
}

/**
 * `statusCode` 200: the configuration is applied; any other: it is not, and `status` says why.
 * https://www.alibabacloud.com/help/en/sls/user-guide/use-aliyunlogconfig-to-manage-collection-configurations
 */
function aliyunAnswer({ statusCode, status }: JsonObject): LogAnswer | undefined {
  if (typeof statusCode !== 'number' || statusCode === 0) return undefined;
  const text = typeof status === 'string' && status !== '' ? `, ${status}` : '';
  return { applied: statusCode === 200, message: `status code ${statusCode}${text}` };
}

/**
 * Logtail takes lowercase letters, digits, `-` and `_`, 128 at most, and wants the CR to have the same name. A
 * policy's name may hold dots and be longer: then a hash keeps two policies apart.
 * https://www.alibabacloud.com/help/en/log-service/latest/logtail-configurations
 */
function configName(policy: string): string {
  const name = `tidegate-${policy}`;
  if (name.length <= 128 && !name.includes('.')) return name;
  return `${name.replaceAll('.', '-').slice(0, 119)}-${hash32(policy).toString(16).padStart(8, '0')}`;
}
