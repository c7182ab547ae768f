import type { Parsed } from '../cluster/behaviour.js';
import { policyDocument } from '../../support/policy.js';

/** What becomes of a CronJob where its namespace opts in. */
export interface Expected {
  readonly standing: 'as-wanted' | 'left-alone';
  readonly reason: string;
}

export interface Sample {
  readonly namespace: string;
  readonly object: Parsed;
  readonly expected: Expected;
}

/** Everything that a policy can want. */
const wishes = {
  scheduling: { schedulerName: 'tidegate-scheduler' },
  logs: {
    sources: ['stdout', '/var/log/app/*.log'],
    destinations: [{ sls: { project: 'apps', logstore: 'cronjobs' } }],
  },
  tracing: {
    jaeger: {
      collectorEndpoint: 'http://jaeger:14268/api/traces',
      samplingEndpoint: 'http://jaeger:5778/sampling',
    },
    otlp: { endpoint: 'http://otel:4318' },
  },
  startup: { imageCache: true, reuseSandbox: true },
  resilience: { unreachableSeconds: 3600 },
  env: [
    { name: 'RUNTIME', value: 'serverless' },
    { name: 'REGION', value: 'virtual', override: true },
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
};

const policyOf = (name: string, provider: string, type = 'VirtualOnly') =>
  policyDocument(name, {
    ...wishes,
    match: { namespaces: { names: [`${name}-*`] } },
    placement: { type, providers: [{ name: provider }] },
  });

/** One that adds all kinds of things, one that only prefers, one that cannot run many. */
export const policies = [
  policyOf('eci', 'alibaba-eci'),
  policyOf('prefer', 'tencent-supernode', 'PreferVirtual'),
  policyOf('aci', 'azure-aci'),
];

export const namespaces = ['eci-shop', 'eci-bank', 'prefer-shop', 'aci-shop'];

const placed: Expected = { standing: 'as-wanted', reason: 'already-placed' };
const leftAlone = (reason: string): Expected => ({ standing: 'left-alone', reason });

interface Shape {
  readonly metadata?: Parsed;
  readonly spec?: Parsed;
  readonly template?: Parsed;
  readonly pod?: Parsed;
  readonly expected?: Expected;
  /** In namespaces of the policy `aci`. */
  readonly onAci?: Expected;
}

const container = (more: Parsed = {}, name = 'app'): Parsed => ({
  name,
  image: 'registry.example.com/app:1',
  resources: { requests: { cpu: '100m', memory: '64Mi' } },
  ...more,
});

const oneContainer = (more: Parsed): Parsed => ({ containers: [container(more)] });

const exists = (key: string): Parsed => ({ key, operator: 'Exists' });

const shapes: Readonly<Record<string, Shape>> = {
  minimal: {},
  'several-containers': {
    pod: {
      initContainers: [
        { name: 'prepare', image: 'busybox:1', env: [{ name: 'RUNTIME', value: 'mine' }] },
        { name: 'proxy', image: 'envoy:1', restartPolicy: 'Always' },
      ],
      containers: [container(), container({ env: [{ name: 'A', value: '1' }] }, 'second')],
    },
  },
  'own-tolerations': {
    pod: {
      tolerations: [
        { ...exists('node.kubernetes.io/unreachable'), effect: 'NoExecute', tolerationSeconds: 60 },
        { key: 'mine', operator: 'Equal', value: 'yes', effect: 'NoSchedule' },
      ],
    },
  },
  'covering-toleration': { pod: { tolerations: [exists('virtual-kubelet.io/provider')] } },
  'own-affinity': {
    pod: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] },
              { matchExpressions: [{ key: 'zone', operator: 'In', values: ['b', 'c'] }] },
            ],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 5, preference: { matchExpressions: [exists('disk')] } },
          ],
        },
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: { topologyKey: 'zone', labelSelector: {} } },
          ],
        },
      },
    },
  },
  'own-env': {
    pod: oneContainer({
      env: [
        { name: 'RUNTIME', value: 'mine' },
        { name: 'REGION', value: 'mine' },
        { name: 'LAST', value: '$(REGION)' },
      ],
    }),
  },
  'agent-of-the-host': {
    pod: oneContainer({
      env: [
        { name: 'BEFORE', value: '1' },
        { name: 'JAEGER_AGENT_HOST', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
        { name: 'AFTER', value: '2' },
      ],
    }),
  },
  annotated: {
    metadata: {
      labels: { app: 'annotated' },
      annotations: { team: 'payments', 'example.com/a.b_c': '~1 is no slash, ~0 no tilde' },
    },
    template: {
      labels: { app: 'annotated' },
      annotations: { 'k8s.aliyun.com/eci-auto-imc': 'false', note: 'Zeit läuft ⏳' },
    },
  },
  'partly-there': {
    pod: {
      schedulerName: 'tidegate-scheduler',
      tolerations: [
        { ...exists('node.kubernetes.io/not-ready'), effect: 'NoExecute', tolerationSeconds: 3600 },
      ],
      ...oneContainer({ env: [{ name: 'RUNTIME', value: 'serverless' }] }),
    },
  },
  'own-scheduler': { pod: { schedulerName: 'my-scheduler' } },
  'empty-lists': {
    pod: { tolerations: [], affinity: {}, volumes: [], ...oneContainer({ env: [], envFrom: [] }) },
  },
  suspended: { spec: { suspend: true, timeZone: 'Europe/Berlin', concurrencyPolicy: 'Forbid' } },
  large: {
    pod: oneContainer({
      env: Array.from({ length: 120 }, (_, i) => ({ name: `V_${i}`, value: `value ${i} of many` })),
    }),
  },
  'opted-out': {
    metadata: { annotations: { 'tidegate.io/virtual-nodes': 'disabled' } },
    expected: leftAlone('opted-out'),
  },
  'another-policy': {
    metadata: { annotations: { 'tidegate.io/policy': 'nobody' } },
    expected: leftAlone('policy-unknown'),
  },
  'host-path': {
    pod: { volumes: [{ name: 'host', hostPath: { path: '/var/lib' } }] },
    expected: leftAlone('host-path'),
  },
  'with-claim': {
    pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] },
    onAci: leftAlone('persistent-volume-claim'),
  },
  elsewhere: {
    pod: { nodeSelector: { type: 'virtual-kubelet', 'kubernetes.io/role': 'agent', disk: 'ssd' } },
  },
};

const kinds = Object.entries(shapes);

/** So many CronJobs, of every shape in every namespace in turn. They are due on New Year's Day. */
export function samples(count: number): readonly Sample[] {
  return Array.from({ length: count }, (_, i) => {
    const [name, shape] = kinds[i % kinds.length] ?? fail();
    const namespace = namespaces[Math.floor(i / kinds.length) % namespaces.length] ?? fail();
    const { expected = placed, onAci = expected } = shape;
    return {
      namespace,
      object: cronJob(`${name}-${i}`, shape),
      expected: namespace.startsWith('aci-') ? onAci : expected,
    };
  });
}

const cronJob = (name: string, { metadata = {}, spec = {}, template, pod = {} }: Shape): Parsed => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name, ...metadata },
  spec: {
    schedule: '0 3 1 1 *',
    ...spec,
    jobTemplate: {
      spec: {
        template: {
          ...(template === undefined ? {} : { metadata: template }),
          spec: { restartPolicy: 'Never', containers: [container()], ...pod },
        },
      },
    },
  },
});

function fail(): never {
  throw new Error('unreachable');
}
