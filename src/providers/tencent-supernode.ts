import type { EnvVar } from '../objects/pod.js';
import { instanceTypeLabel } from '../objects/well-known.js';
import type { ClsDestination, KafkaDestination, LogWish, Provider } from './provider.js';

const prefix = 'eks.tke.cloud.tencent.com';
const to = (name: string) => ({ to: 'annotation', key: `${prefix}/${name}` }) as const;
const timeZone = `${prefix}/host-timezone`;

export const tencentSupernode = {
  name: 'tencent-supernode',
  title: 'Tencent Cloud TKE super nodes',
  sources: {
    annotations: 'https://cloud.tencent.com/document/product/457/44173',
    nodes: 'https://www.tencentcloud.com/document/product/457/40027',
    logs: 'tencentyun/qcloud-documents:product/计算与网络/容器服务/弹性集群指南/运维中心/新增-eks日志采集.md',
  },
  node: {
    labels: [{ key: instanceTypeLabel, value: 'eklet', source: 'nodes' }],
    taints: [{ key: `${prefix}/eklet`, effect: 'NoSchedule', removable: true, source: 'nodes' }],
  },
  steering: {
    way: 'toleration',
    tolerations: [{ key: `${prefix}/eklet`, operator: 'Exists', effect: 'NoSchedule', source: 'nodes' }],
    select: [{ key: instanceTypeLabel, value: 'eklet', source: 'nodes' }],
  },
  restrictions: {
    reservedPorts: { ports: [9100], source: 'annotations' },
  },
  options: {
    timeZone: {
      type: 'string',
      pattern: '^[A-Za-z0-9_+/-]+$',
      writes: { to: 'annotation', key: timeZone },
      description: "Time zone of the pod's clock in place of the CronJob's, as `Asia/Shanghai`; else UTC.",
      source: 'annotations',
    },
    cpu: {
      type: 'string',
      pattern: '^\\d+(\\.\\d+)?$',
      writes: to('cpu'),
      description: 'Cores of the pod, as `8`, in place of the sum of its requests.',
      source: 'annotations',
    },
    memory: {
      type: 'string',
      pattern: '^\\d+(\\.\\d+)?Gi$',
      writes: to('mem'),
      description: 'Memory of the pod, as `16Gi`, in place of the sum of its requests.',
      source: 'annotations',
    },
    cpuTypes: {
      type: 'stringList',
      writes: to('cpu-type'),
      description: 'CPU makers or families, as `amd`, in order: the next is tried when one is out of stock.',
      source: 'annotations',
    },
    gpuTypes: {
      type: 'stringList',
      writes: to('gpu-type'),
      description: 'GPU types in order, as `T4`, or `1/4*T4` for a share.',
      source: 'annotations',
    },
    upgradeSpec: {
      type: 'boolean',
      writes: to('spec-auto-upgrade'),
      description: 'Out of stock: try the next bigger size once, at its price.',
      source: 'annotations',
    },
    spot: {
      type: 'boolean',
      writes: to('spot-pod'),
      description: 'Run on spot capacity.',
      source: 'annotations',
    },
    systemDiskGi: {
      type: 'integer',
      minimum: 20,
      writes: to('root-cbs-size'),
      description: 'Size of the system disk, in GiB; above 20 it is billed.',
      source: 'annotations',
    },
    securityGroup: {
      type: 'string',
      writes: to('security-group-id'),
      description: 'Security group of the pod.',
      source: 'annotations',
    },
    role: {
      type: 'string',
      writes: to('role-name'),
      description: 'CAM role of the pod, also for writing to CLS.',
      source: 'annotations',
    },
    imageCacheId: {
      type: 'string',
      pattern: '^imc-[a-z0-9]+$',
      writes: to('use-image-cache'),
      description: 'An image cache made beforehand, as `imc-xxx`, in place of the automatic choice.',
      source: 'annotations',
    },
    imageCacheDiskType: {
      type: 'enum',
      values: ['CLOUD_BASIC', 'CLOUD_PREMIUM', 'CLOUD_SSD', 'CLOUD_HSSD', 'CLOUD_TSSD'],
      writes: to('image-cache-disk-type'),
      description: 'Disk type of the image cache; `CLOUD_PREMIUM` by default.',
      source: 'annotations',
    },
    imageCacheDiskRetainMinutes: {
      type: 'integer',
      minimum: 0,
      writes: to('image-cache-disk-retain-minute'),
      description: 'How long the disk is kept for the next pod.',
      source: 'annotations',
    },
    keepSandbox: {
      type: 'string',
      pattern: '^\\d+[smh]$',
      writes: to('reserve-sandbox-duration'),
      description: 'Keeps the sandbox of a failed pod for a while, as `1m`: its logs stay readable.',
      source: 'annotations',
    },
    keepSucceededSandbox: {
      type: 'boolean',
      writes: to('reserve-succeeded-sandbox'),
      description: 'Keeps the sandbox of a succeeded pod too; false by default.',
      source: 'annotations',
    },
    keepSandboxShorterThan: {
      type: 'string',
      pattern: '^\\d+[smh]$',
      writes: to('reserve-task-shorter-than'),
      description: 'Keeps the sandbox only where a container ran for less than this, as `5s`.',
      source: 'annotations',
    },
    recreateNodeLostPod: {
      type: 'boolean',
      writes: to('recreate-node-lost-pod'),
      description: '`false`: a pod whose machine was lost is not made anew.',
      source: 'annotations',
    },
    heartbeatLostPeriod: {
      type: 'string',
      pattern: '^\\d+[smh]$',
      writes: to('heartbeat-lost-period'),
      description: 'Silence after which a machine counts as lost, as `1m`; five minutes by default.',
      source: 'annotations',
    },
  },
  // The clock of a pod is UTC without it.
  annotations: [{ key: timeZone, value: { from: 'time-zone' }, source: 'annotations' }],
  startup: {
    imageCache: [{ key: `${prefix}/use-image-cache`, value: 'auto', source: 'annotations' }],
    // Each run of a CronJob is a new workload to Tencent, so the key must be what stays the same.
    reuseSandbox: [{ key: `${prefix}/cbs-reuse-key`, value: { from: 'workload' }, source: 'annotations' }],
  },
  logs: {
    kafka: { reads: ['stdout', 'files'], env: kafkaEnv, source: 'logs' },
    cls: { reads: ['stdout', 'files'], env: clsEnv, source: 'logs' },
  },
  stock: {
    messages: [{ contains: 'insufficient resource', source: 'annotations' }],
  },
} as const satisfies Provider;

/** No variable for a user or a password is documented: the brokers must take unauthenticated writes. */
function kafkaEnv({ sources, destination }: LogWish<KafkaDestination>): readonly EnvVar[] {
  return [
    { name: 'EKS_LOGS_OUTPUT_TYPE', value: 'kafka' },
    { name: 'EKS_LOGS_LOG_PATHS', value: sources.join(',') },
    { name: 'EKS_LOGS_KAFKA_BROKERS', value: destination.brokers.join(',') },
    { name: 'EKS_LOGS_KAFKA_TOPIC', value: destination.topic },
  ];
}

/** Who may write is told by the pod's role, not by keys in the pod. */
function clsEnv({ sources, destination }: LogWish<ClsDestination>): readonly EnvVar[] {
  return [
    { name: 'EKS_LOGS_OUTPUT_TYPE', value: 'cls' },
    { name: 'EKS_LOGS_LOG_PATHS', value: sources.join(',') },
    { name: 'EKS_LOGS_LOGSET_NAME', value: destination.logset },
    { name: 'EKS_LOGS_TOPIC_ID', value: destination.topic },
  ];
}
