import { hash32 } from '../../objects/hash.js';
import type { JsonObject } from '../../objects/json.js';
import { findProvider } from '../../providers/registry.js';
import { exitAnnotation, runAnnotation } from '../kubelets/pods.js';
import { spreadSchedule } from './schema.js';
import type { NodeGroup, WorkloadGroup } from './schema.js';

/** The names of a group: its own where there is one, else numbered from 1. */
export function namesOf({
  name,
  count,
}: {
  readonly name: string;
  readonly count: number;
}): readonly string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}-${i + 1}`);
}

/** A node; a virtual one carries its provider's labels and taints. */
export function nodeObject(group: NodeGroup, name: string): JsonObject {
  const identity = findProvider(group.provider ?? '')?.node ?? { labels: [], taints: [] };
  const labels = Object.fromEntries(identity.labels.map(({ key, value }) => [key, value ?? 'true']));
  const taints = identity.taints.map(({ key, value, effect }) => ({
    key,
    value: value ?? 'sim',
    effect: effect ?? 'NoSchedule',
  }));
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        ...labels,
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': group.zone,
      },
    },
    spec: { taints },
    status: {
      allocatable: { cpu: group.cpu, memory: group.memory, pods: String(group.pods) },
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  };
}

export function workloadObject(group: WorkloadGroup, name: string): JsonObject {
  return group.type === 'CronJob' ? cronJobObject(group, name) : deploymentObject(group, name);
}

function cronJobObject(group: Extract<WorkloadGroup, { type: 'CronJob' }>, name: string): JsonObject {
  const annotations = { [runAnnotation]: String(group.run), [exitAnnotation]: String(group.exitCode) };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: group.namespace },
    spec: {
      schedule: spreadSchedule(group.schedule, hash32(name)),
      ...(group.timeZone === undefined ? {} : { timeZone: group.timeZone }),
      concurrencyPolicy: group.concurrencyPolicy,
      jobTemplate: {
        spec: {
          backoffLimit: group.backoffLimit,
          template: {
            metadata: { labels: { app: name }, annotations },
            spec: { restartPolicy: group.restartPolicy, containers: [containerOf(group)] },
          },
        },
      },
    },
  };
}

function deploymentObject(group: Extract<WorkloadGroup, { type: 'Deployment' }>, name: string): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: group.namespace },
    spec: {
      replicas: group.replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [containerOf(group)], ...overflowOf(group.overflow) },
      },
    },
  };
}

/** Ordinary nodes first, then those of the provider. */
function overflowOf(name: string | undefined): JsonObject {
  if (name === undefined) return {};
  const { labels, taints } = findProvider(name)?.node ?? { labels: [], taints: [] };
  const matchExpressions = labels.map(({ key, value }) =>
    value === undefined ? { key, operator: 'DoesNotExist' } : { key, operator: 'NotIn', values: [value] },
  );
  return {
    tolerations: taints.map(({ key }) => ({ key, operator: 'Exists' })),
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: { matchExpressions } }],
      },
    },
  };
}

const containerOf = ({ image, cpu, memory }: WorkloadGroup): JsonObject => ({
  name: 'main',
  image,
  resources: { requests: { cpu, memory } },
});
