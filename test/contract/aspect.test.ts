import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/objects/json.js';
import { templateOf } from '../../src/objects/workload.js';
import { applyPatch } from '../../src/placement/apply.js';
import type { Aspect } from '../../src/placement/aspects/aspect.js';
import { aspects } from '../../src/placement/aspects/registry.js';
import { offers } from '../../src/placement/compile.js';
import type { Intent } from '../../src/placement/intent.js';
import { merge } from '../../src/placement/merge.js';
import type { Policy } from '../../src/policy/policy.js';
import { placementTypes, type PlacementType, type Provider } from '../../src/providers/provider.js';
import { providers } from '../../src/providers/registry.js';
import { additivityFaults } from '../support/additive.js';
import { compiled, container, intentOf, workloadFrom, workloadOfKind } from '../support/build.js';
import { deepFreeze } from '../support/freeze.js';
import { policy } from '../support/policy.js';
import { validityFaults } from '../support/validity.js';

/** A policy that asks a provider for everything. */
const everything = (provider: Provider, type: PlacementType): Policy =>
  policy('nightly', {
    placement: { type, providers: [{ name: provider.name }] },
    scheduling: { schedulerName: 'tidegate-scheduler' },
    logs: {
      sources: ['stdout', '/var/log/*.log'],
      destinations: [
        { kafka: { brokers: ['kafka:9092'], topic: 'logs' } },
        { sls: { project: 'apps', logstore: 'jobs' } },
      ],
    },
    tracing: {
      jaeger: { collectorEndpoint: 'http://jaeger:14268/api/traces', samplingEndpoint: 'http://jaeger:5778' },
      otlp: { endpoint: 'http://otel:4318' },
    },
    startup: { imageCache: true, reuseSandbox: true },
    resilience: { unreachableSeconds: 3600 },
    env: [
      { name: 'RUNTIME', value: 'serverless' },
      { name: 'REGION', value: 'a', override: true },
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
  });

const wait = (condition: string) => ({
  key: `node.kubernetes.io/${condition}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
});

/** Bare workloads, and one that has something of its own wherever an aspect writes. */
const templates: readonly JsonObject[] = [
  workloadOfKind('CronJob'),
  workloadOfKind('Job', {
    metadata: { labels: null, annotations: null },
    spec: { tolerations: null, affinity: null },
  }),
  workloadOfKind('Pod', {
    spec: { schedulerName: 'default-scheduler', tolerations: [wait('not-ready'), wait('unreachable')] },
  }),
  workloadOfKind('CronJob', {
    metadata: { labels: { app: 'a' }, annotations: { note: 'b' } },
    spec: {
      schedulerName: 'volcano',
      tolerations: [{ key: 'spot', operator: 'Exists' }, wait('not-ready')],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] },
              { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] },
              {},
            ],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { matchExpressions: [{ key: 'zone', operator: 'Exists' }] } },
          ],
        },
      },
      initContainers: [container({ name: 'sidecar', restartPolicy: 'Always', env: null })],
      containers: [
        container({
          env: [
            { name: 'NODE_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
            { name: 'JAEGER_AGENT_HOST', value: '$(NODE_IP)' },
            { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://$(NODE_IP):4317' },
            { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'grpc' },
            { name: 'REGION', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } },
            { name: 'RUNTIME', value: 'own' },
          ],
        }),
      ],
    },
  }),
];

const cases = providers.flatMap((provider) =>
  placementTypes
    .filter((type) => offers(provider, type))
    .map((type) => ({ name: provider.name, type, wanted: everything(provider, type) })),
);

/** What one aspect alone wants. */
function intentOfAspect(aspect: Aspect, wanted: Policy): Intent {
  const intent = intentOf(wanted);
  const slots = Object.entries(intent.slots).map(([slot, wishes]) => [
    slot,
    wishes.filter((wish) => wish.aspect === aspect.name),
  ]);
  return deepFreeze({ ...intent, slots: Object.fromEntries(slots) as Intent['slots'] });
}

const mergeOf = (object: JsonObject, intent: Intent) => {
  const frozen = deepFreeze(structuredClone(object));
  const workload = workloadFrom(frozen);
  return merge(templateOf(workload.kind, frozen), workload, intent);
};

describe.each(cases)('on $name, $type', ({ wanted }) => {
  it.each(aspects)('$name asks for the same twice, and leaves what it was given alone', (aspect) => {
    const frozen = deepFreeze(structuredClone(wanted));
    const chosen = deepFreeze([...compiled(wanted).chosen]);
    expect(aspect.wishes(frozen, chosen)).toEqual(aspect.wishes(frozen, chosen));
  });

  it.each(aspects)('$name adds, once, and leaves a valid object valid', (aspect) => {
    const intent = intentOfAspect(aspect, wanted);
    for (const template of templates) {
      const { operations, outcomes } = mergeOf(template, intent);
      expect(additivityFaults(template, operations, wanted)).toEqual([]);
      expect(outcomes.filter(({ aspect: name }) => name !== aspect.name && name !== 'tracing')).toEqual([]);
      const merged = structuredClone(template);
      applyPatch(merged, structuredClone(operations));
      expect(mergeOf(merged, intent).operations).toEqual([]);
      expect(validityFaults(merged)).toEqual([]);
    }
  });
});

describe('every aspect', () => {
  it.each(aspects)('$name has something to ask of some provider', (aspect) => {
    const asked = cases.flatMap(({ wanted }) => aspect.wishes(wanted, compiled(wanted).chosen));
    expect(asked).not.toEqual([]);
  });
});
