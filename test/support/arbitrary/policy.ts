import fc from 'fast-check';
import { policyModes } from '../../../src/policy/schema.js';
import type { Policy } from '../../../src/policy/policy.js';
import { placementTypes, type ProviderOption } from '../../../src/providers/provider.js';
import { providers } from '../../../src/providers/registry.js';
import { policy } from '../policy.js';

/** Policies for every kind, with everything that a policy can say, over all providers. Names are unique. */
export const policySets = (): fc.Arbitrary<readonly Policy[]> =>
  fc
    .array(spec(), { minLength: 1, maxLength: 3 })
    .map((specs) => specs.map((one, i) => policy(`policy-${i}`, one)));

/** One policy that places what its providers can run. */
export const enforced = (): fc.Arbitrary<Policy> =>
  spec().map((one) => policy('policy-0', { ...one, mode: 'Enforce', rolloutPercent: 100, match: allKinds }));

const allKinds = { workloads: { kinds: ['CronJob', 'Job', 'Pod'] } };

function spec(): fc.Arbitrary<Record<string, unknown>> {
  const collector = fc.constantFrom('http://collector:4318', 'https://collector.tracing:4317');
  return fc
    .record({
      mode: fc.constantFrom('Enforce', 'Enforce', ...policyModes),
      priority: fc.integer({ min: -2, max: 2 }),
      rolloutPercent: fc.constantFrom(0, 50, 100, 100, 100),
      match: fc.constantFrom(allKinds, allKinds, {
        workloads: {
          ...allKinds.workloads,
          selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
        },
      }),
      placement: fc.record({ type: fc.constantFrom(...placementTypes), providers: chosen() }),
      scheduling: optional(fc.constant({ schedulerName: 'tidegate-scheduler' })),
      logs: optional(
        fc.record({
          sources: fc.subarray(['stdout', '/var/log/*.log'], { minLength: 1 }),
          destinations: fc.shuffledSubarray(destinations, { minLength: 1 }),
        }),
      ),
      tracing: optional(
        fc.record({
          jaeger: fc.record({ collectorEndpoint: collector, samplingEndpoint: collector }),
          otlp: fc.record({ endpoint: collector, protocol: fc.constantFrom('grpc', 'http/protobuf') }),
        }),
      ),
      startup: optional(fc.record({ imageCache: fc.boolean(), reuseSandbox: fc.boolean() })),
      resilience: optional(fc.record({ unreachableSeconds: fc.constantFrom(0, 300, 3600) })),
      env: fc.uniqueArray(variable(), { maxLength: 4, selector: ({ name }) => name }),
    })
    .map((parts) => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)));
}

const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const destinations = [
  { kafka: { brokers: ['kafka:9092'], topic: 'logs' } },
  { sls: { project: 'apps', logstore: 'jobs' } },
  { cls: { logset: 'apps', topic: 'jobs' } },
];

function variable() {
  const name = fc.constantFrom('RUNTIME', 'A', 'JAEGER_AGENT_HOST', 'OTEL_EXPORTER_OTLP_PROTOCOL', 'NODE_IP');
  const content = fc.constantFrom(
    { value: 'serverless' },
    { value: '' },
    { value: '$(NODE_IP):1' },
    { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { valueFrom: { secretKeyRef: { name: 'secret', key: 'key' } } },
  );
  return fc
    .tuple(name, content, fc.boolean())
    .map(([known, value, override]) => ({ name: known, ...value, override }));
}

function chosen(): fc.Arbitrary<object[]> {
  const some = fc.shuffledSubarray([...choices], { minLength: 1, maxLength: 3 });
  const weights = fc.constantFrom<number | undefined>(undefined, undefined, 1, 100);
  return fc.tuple(some, weights, fc.nat({ max: 255 })).map(([named, weight, bits]) =>
    named.map(({ name, options }) => ({
      name,
      ...(weight === undefined ? {} : { weight }),
      options: Object.fromEntries(options.filter((_, i) => ((bits >> (i % 8)) & 1) === 1)),
    })),
  );
}

const choices = providers.map(({ name, options = {} }) => ({
  name,
  options: Object.entries(options).flatMap(([option, facts]) => valueOf(option, facts)),
}));

/** A value that the option takes, where an easy one is known. */
function valueOf(name: string, { type, values, pattern, minimum }: ProviderOption): [string, unknown][] {
  const texts = [...(values ?? []), 'sample', '8', '1m', '50Gi', '2.00_4.0', 'Asia/Tokyo'];
  const text = texts.find((one) => pattern === undefined || new RegExp(pattern, 'u').test(one));
  if (type === 'boolean') return [[name, true]];
  if (type === 'integer') return [[name, minimum ?? 1]];
  if (text === undefined) return [];
  return [[name, type === 'stringList' ? [text] : text]];
}
