import { unique } from './behaviour.js';

/** The least that an API server takes of each kind. */
export const configMap = (name: string, metadata: object = {}): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data: { key: 'value' },
});

/** A Pod that no scheduler looks at. */
export const pod = (
  name: string,
  { metadata = {}, spec = {} }: { metadata?: object; spec?: object } = {},
): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'busybox:1' }], ...spec },
});

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1' }] } };

/** A Job that starts no pods: it is suspended, unless the spec says otherwise. */
export const job = (name: string, spec: object = {}): Record<string, unknown> => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { suspend: true, template, ...spec },
});

export const cronJob = (name: string, spec: object = {}): Record<string, unknown> => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template } }, ...spec },
});

export const deployment = (name: string, spec: object = {}): Record<string, unknown> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'busybox:1' }] },
    },
    ...spec,
  },
});

export const lease = (name: string, spec: object = {}, metadata: object = {}): Record<string, unknown> => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, ...metadata },
  spec,
});

export const maps = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`;
export const pods = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;
export const jobs = (namespace: string): string => `/apis/batch/v1/namespaces/${namespace}/jobs`;
export const cronJobs = (namespace: string): string => `/apis/batch/v1/namespaces/${namespace}/cronjobs`;
export const deployments = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;
export const leases = (namespace: string): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

/** A Node that no kubelet serves. */
export const node = (name: string, labels: object = {}): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
});

export { unique };
