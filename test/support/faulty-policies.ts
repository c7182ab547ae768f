/** A policy that the schema and the rules of the CustomResourceDefinition refuse. */
export interface FaultyPolicy {
  readonly why: string;
  readonly spec: Record<string, unknown>;
  /** Where, as the API server names it. */
  readonly field: string;
  /** Part of what it says. */
  readonly says: string;
  /** Where, as we name it. Default: the same. */
  readonly ours?: string;
}

const providers = (...some: object[]) => ({ placement: { type: 'VirtualOnly', providers: some } });
const logs = (...destinations: object[]) => ({ logs: { destinations } });
const sls = { project: 'p', logstore: 'l' };
const selector = (one: object) => ({ match: { workloads: { selector: one } } });
const requires = (one: object) => selector({ matchExpressions: [{ key: 'a', ...one }] });
const variable = (one: object) => ({ env: [{ name: 'A', ...one }] });
const fieldRef = { fieldPath: 'metadata.name' };
const many = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

const exactlyOneOf = (...members: string[]) => `expected exactly one of ${members.join(', ')}`;

/** One for each thing that the definition demands. */
export const faultyPolicies: readonly FaultyPolicy[] = [
  {
    why: 'no placement',
    spec: { placement: undefined },
    field: 'spec.placement',
    says: 'Required value',
  },
  {
    why: 'no type of placement',
    spec: { placement: { providers: [{ name: 'kwok' }] } },
    field: 'spec.placement.type',
    says: 'Required value',
  },
  {
    why: 'another type of placement',
    spec: { placement: { type: 'Sometimes', providers: [{ name: 'kwok' }] } },
    field: 'spec.placement.type',
    says: 'Unsupported value: "Sometimes"',
  },
  { why: 'another mode', spec: { mode: 'Try' }, field: 'spec.mode', says: 'Unsupported value: "Try"' },
  {
    why: 'a percentage above 100',
    spec: { rolloutPercent: 101 },
    field: 'spec.rolloutPercent',
    says: 'should be less than or equal to 100',
  },
  {
    why: 'a percentage below 0',
    spec: { rolloutPercent: -1 },
    field: 'spec.rolloutPercent',
    says: 'should be greater than or equal to 0',
  },
  {
    why: 'a priority above 32 bits',
    spec: { priority: 2 ** 31 },
    field: 'spec.priority',
    says: 'should be less than or equal to 2147483647',
  },
  {
    why: 'a text for a number',
    spec: { rolloutPercent: 'all' },
    field: 'spec.rolloutPercent',
    says: 'must be of type integer',
  },
  { why: 'no provider', spec: providers(), field: 'spec.placement.providers', says: 'at least 1 items' },
  {
    why: 'too many log sources',
    spec: { logs: { sources: many(33, (i) => `/log/${i}`), destinations: [{ sls }] } },
    field: 'spec.logs.sources',
    says: 'must have at most 32 items',
  },
  {
    why: 'a provider twice',
    spec: providers({ name: 'kwok' }, { name: 'kwok' }),
    field: 'spec.placement.providers[1]',
    says: 'Duplicate value',
    ours: 'spec.placement.providers',
  },
  {
    why: 'a provider without a name',
    spec: providers({ weight: 1 }),
    field: 'spec.placement.providers[0].name',
    says: 'Required value',
  },
  {
    why: 'a weight of 0',
    spec: providers({ name: 'kwok', weight: 0 }),
    field: 'spec.placement.providers[0].weight',
    says: 'should be greater than or equal to 1',
  },
  {
    why: "a provider's mark below -1000",
    spec: providers({ name: 'kwok', deletionCost: -1001 }),
    field: 'spec.placement.providers[0].deletionCost',
    says: 'should be greater than or equal to -1000',
  },
  {
    why: 'a mark above 1000',
    spec: { scaleIn: { deletionCost: 1001 } },
    field: 'spec.scaleIn.deletionCost',
    says: 'should be less than or equal to 1000',
  },
  {
    why: 'negative patience',
    spec: { resilience: { unreachableSeconds: -1 } },
    field: 'spec.resilience.unreachableSeconds',
    says: 'should be greater than or equal to 0',
  },
  {
    why: 'a namespace that is neither a name nor a glob',
    spec: { match: { namespaces: { names: ['team-*', 'Team_A'] } } },
    field: 'spec.match.namespaces.names[1]',
    says: 'should match',
  },
  {
    why: 'no namespace at all',
    spec: { match: { namespaces: { names: [] } } },
    field: 'spec.match.namespaces.names',
    says: 'at least 1 items',
  },
  {
    why: 'a kind that is not handled',
    spec: { match: { workloads: { kinds: ['Deployment'] } } },
    field: 'spec.match.workloads.kinds[0]',
    says: 'Unsupported value: "Deployment"',
  },
  {
    why: 'a label value with a space',
    spec: selector({ matchLabels: { app: 'a b' } }),
    field: 'spec.match.workloads.selector.matchLabels.app',
    says: 'should match',
  },
  {
    why: 'In without values',
    spec: requires({ operator: 'In' }),
    field: 'spec.match.workloads.selector.matchExpressions[0].values',
    says: 'expected at least one value with In and NotIn, and none with Exists and DoesNotExist',
  },
  {
    why: 'NotIn with an empty list',
    spec: requires({ operator: 'NotIn', values: [] }),
    field: 'spec.match.workloads.selector.matchExpressions[0].values',
    says: 'expected at least one value with In and NotIn',
  },
  {
    why: 'Exists with values',
    spec: requires({ operator: 'Exists', values: ['b'] }),
    field: 'spec.match.workloads.selector.matchExpressions[0].values',
    says: 'expected at least one value with In and NotIn',
  },
  {
    why: 'a scheduler name with capitals',
    spec: { scheduling: { schedulerName: 'Mine' } },
    field: 'spec.scheduling.schedulerName',
    says: 'should match',
  },
  {
    why: 'a destination of two kinds',
    spec: logs({ sls }, { sls, cls: { logset: 's', topic: 't' } }),
    field: 'spec.logs.destinations[1]',
    says: exactlyOneOf('kafka', 'sls', 'cls'),
  },
  {
    why: 'a destination of no kind',
    spec: logs({}),
    field: 'spec.logs.destinations[0]',
    says: exactlyOneOf('kafka', 'sls', 'cls'),
  },
  {
    why: 'a broker port of 65536',
    spec: logs({ kafka: { brokers: ['k:65536'], topic: 't' } }),
    field: 'spec.logs.destinations[0].kafka.brokers[0]',
    says: 'should match',
  },
  {
    why: 'a relative log path',
    spec: { logs: { sources: ['logs/*.log'], destinations: [{ sls }] } },
    field: 'spec.logs.sources[0]',
    says: 'should match',
  },
  {
    why: 'a log path that is the root',
    spec: { logs: { sources: ['/'], destinations: [{ sls }] } },
    field: 'spec.logs.sources[0]',
    says: 'should match',
  },
  {
    why: 'a collector with a port of 0',
    spec: { tracing: { otlp: { endpoint: 'http://otel:0' } } },
    field: 'spec.tracing.otlp.endpoint',
    says: 'should match',
  },
  {
    why: 'jaeger without a sampler',
    spec: { tracing: { jaeger: { collectorEndpoint: 'http://jaeger:14268' } } },
    field: 'spec.tracing.jaeger.samplingEndpoint',
    says: 'Required value',
  },
  {
    why: 'a variable name that begins with a digit',
    spec: { env: [{ name: '1A', value: '' }] },
    field: 'spec.env[0].name',
    says: 'should match',
  },
  {
    why: 'a variable twice',
    spec: {
      env: [
        { name: 'A', value: '' },
        { name: 'A', value: 'b' },
      ],
    },
    field: 'spec.env[1]',
    says: 'Duplicate value',
    ours: 'spec.env',
  },
  {
    why: 'a variable without a value',
    spec: variable({}),
    field: 'spec.env[0]',
    says: exactlyOneOf('value', 'valueFrom'),
  },
  {
    why: 'a variable with both kinds of value',
    spec: variable({ value: '', valueFrom: { fieldRef } }),
    field: 'spec.env[0]',
    says: exactlyOneOf('value', 'valueFrom'),
  },
  {
    why: 'two sources of a value',
    spec: variable({ valueFrom: { fieldRef, secretKeyRef: { name: 'a', key: 'b' } } }),
    field: 'spec.env[0].valueFrom',
    says: exactlyOneOf('fieldRef', 'secretKeyRef', 'configMapKeyRef'),
  },
  {
    why: 'no source of a value',
    spec: variable({ valueFrom: {} }),
    field: 'spec.env[0].valueFrom',
    says: exactlyOneOf('fieldRef', 'secretKeyRef', 'configMapKeyRef'),
  },
  {
    why: 'a field that cannot be read',
    spec: variable({ valueFrom: { fieldRef: { fieldPath: 'spec.image' } } }),
    field: 'spec.env[0].valueFrom.fieldRef.fieldPath',
    says: 'should match',
  },
  {
    why: 'a value with a NUL',
    spec: variable({ value: 'a\0b' }),
    field: 'spec.env[0].value',
    says: 'should match',
  },
];
