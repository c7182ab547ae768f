import type { CronJob, Deployment, Job, Node, Pod, ReplicaSet } from '../../src/sim/controllers/objects.js';

/** 2026-03-01T00:00:00Z: what the builders call now. */
export const now = Date.UTC(2026, 2, 1);
export const ago = (seconds: number): string =>
  `${new Date(now - seconds * 1000).toISOString().slice(0, 19)}Z`;

export interface PodFields {
  readonly uid?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly ready?: boolean;
  /** Seconds. */
  readonly readyFor?: number;
  /** Seconds. */
  readonly age?: number;
  readonly cost?: string;
  readonly restarts?: number;
  readonly deleting?: boolean;
  readonly spec?: Pod['spec'];
  readonly status?: Pod['status'];
  readonly metadata?: Partial<Pod['metadata']>;
}

/** A pod; the fields state only what the test is about. Default: bound to node-1, Running, ready. */
export function pod(name: string, fields: PodFields = {}): Pod {
  const { node = 'node-1', phase = 'Running', ready = phase === 'Running' } = fields;
  return {
    metadata: {
      name,
      namespace: 'apps',
      uid: fields.uid ?? name,
      creationTimestamp: ago(fields.age ?? 3600),
      ...(fields.cost === undefined
        ? {}
        : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': fields.cost } }),
      ...(fields.deleting === true ? { deletionTimestamp: ago(0) } : {}),
      ...fields.metadata,
    },
    spec: { ...(node === '' ? {} : { nodeName: node }), ...fields.spec },
    status: {
      phase,
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          lastTransitionTime: ago(fields.readyFor ?? 3000),
        },
      ],
      containerStatuses: [{ name: 'main', restartCount: fields.restarts ?? 0 }],
      ...fields.status,
    },
  };
}

export function replicaSet(
  name: string,
  spec: {
    readonly replicas: number;
    readonly available?: number;
    readonly age?: number;
    readonly desired?: number;
    readonly max?: number;
  },
): ReplicaSet {
  const { replicas, available = replicas, age = 100, desired, max } = spec;
  const annotations = {
    ...(desired === undefined ? {} : { 'deployment.kubernetes.io/desired-replicas': String(desired) }),
    ...(max === undefined ? {} : { 'deployment.kubernetes.io/max-replicas': String(max) }),
  };
  return {
    metadata: { name, namespace: 'apps', uid: name, creationTimestamp: ago(age), annotations },
    spec: { replicas, template: { spec: {} } },
    status: { replicas, readyReplicas: available, availableReplicas: available },
  };
}

export function deployment(replicas: number, spec: Partial<Deployment['spec']> = {}): Deployment {
  return {
    metadata: { name: 'shop', namespace: 'apps', uid: 'shop', creationTimestamp: ago(1000) },
    spec: { replicas, selector: {}, template: { spec: {} }, ...spec },
  };
}

export function job(spec: Partial<Job['spec']> = {}, status: Job['status'] = {}): Job {
  return {
    metadata: { name: 'report', namespace: 'apps', uid: 'report', creationTimestamp: ago(600) },
    spec: { template: { spec: { restartPolicy: 'Never' } }, ...spec },
    status,
  };
}

/** A pod of a Job, still with the finalizer. */
export const jobPod = (name: string, fields: PodFields = {}): Pod =>
  pod(name, {
    ...fields,
    metadata: { finalizers: ['batch.kubernetes.io/job-tracking'], ...fields.metadata },
  });

export function cronJob(spec: Partial<CronJob['spec']> = {}, status: CronJob['status'] = {}): CronJob {
  return {
    metadata: { name: 'report', namespace: 'apps', uid: 'cron', creationTimestamp: ago(3 * 3600) },
    spec: { schedule: '0 * * * *', jobTemplate: { spec: { template: { spec: {} } } }, ...spec },
    status,
  };
}

export function node(
  name: string,
  fields: Partial<Omit<Node, 'metadata'>> & { readonly labels?: Readonly<Record<string, string>> } = {},
): Node {
  const { labels = {}, ...rest } = fields;
  return { metadata: { name, uid: name, creationTimestamp: ago(9999), labels }, ...rest };
}
