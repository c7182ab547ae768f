import { describe, expect, it } from 'vitest';
import { formatPath } from '../../../src/policy/fault.js';
import { parsePolicy } from '../../../src/policy/parse.js';
import { faultyPolicies } from '../../support/faulty-policies.js';
import { policy, policyDocument } from '../../support/policy.js';

const faultsOf = (document: unknown) => {
  const parsed = parsePolicy(document);
  return parsed.ok ? [] : parsed.faults.map(({ path, message }) => `${formatPath(path)}: ${message}`);
};
const specFaults = (spec: Record<string, unknown>) => faultsOf(policyDocument('a', spec));

describe('parsePolicy', () => {
  it('fills in every default', () => {
    expect(policy('a').spec).toEqual({
      mode: 'Enforce',
      priority: 0,
      rolloutPercent: 100,
      match: {
        namespaces: { names: ['*'], selector: {} },
        workloads: { kinds: ['CronJob'], selector: {} },
        selectable: false,
      },
      placement: { type: 'VirtualOnly', providers: [{ name: 'kwok', options: {} }] },
      scaleIn: { deletionCost: -100, invertOnRollout: false },
      env: [],
    });
  });

  it('takes a member that is null as absent', () => {
    expect(policy('a', { env: null, match: { namespaces: null }, logs: null })).toEqual(policy('a'));
  });

  it.each([
    'metadata.name',
    "metadata.labels['app.kubernetes.io/name']",
    "metadata.annotations['Team']",
    'spec.nodeName',
    'status.podIPs',
  ])('lets a variable be read from %s', (fieldPath) => {
    expect(specFaults({ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath } } }] })).toEqual([]);
  });

  it.each(['a-b.c', '_A', '.a', 'http_proxy'])('takes the variable name %s', (name) => {
    expect(specFaults({ env: [{ name, value: '' }] })).toEqual([]);
  });

  it('leaves out status and all metadata but the name', () => {
    const document = {
      ...policyDocument('a'),
      metadata: { name: 'a', uid: 'u', labels: {} },
      status: { x: 1 },
    };
    expect(parsePolicy(document)).toEqual({ ok: true, value: policy('a') });
  });

  it('reports all faults at once, with path, expectation and what came', () => {
    expect(
      specFaults({
        prot: 1,
        mode: 'Try',
        rolloutPercent: 101,
        placement: { type: 'VirtualOnly', providers: [] },
        logs: { destinations: [{ kafka: { brokers: ['kafka'] } }] },
      }),
    ).toEqual([
      'spec.mode: expected one of Enforce, Observe, got "Try"',
      'spec.rolloutPercent: expected at most 100, got number 101',
      'spec.placement.providers: expected at least 1 in the list, got a list of 0',
      'spec.logs.destinations[0].kafka.brokers[0]: expected a Kafka broker as host:port, its port within 1..65535, got "kafka"',
      'spec.logs.destinations[0].kafka.topic: expected a string, got nothing',
      'spec.prot: unknown field, expected one of mode, priority, rolloutPercent, match, placement, scheduling, logs, tracing, startup, scaleIn, resilience, env',
    ]);
  });

  it.each(faultyPolicies.map((one) => [one.why, one] as const))(
    'refuses %s where the API server does',
    (_, { spec, field, ours = field }) => {
      expect(specFaults(spec).map((fault) => fault.slice(0, fault.indexOf(': ')))).toEqual([ours]);
    },
  );

  it.each<[string, Record<string, unknown>]>([
    ['a priority above int32', { priority: 2_147_483_648 }],
    ['a fractional percentage', { rolloutPercent: 0.5 }],
    ['a negative percentage', { rolloutPercent: -1 }],
    ['a mark beyond 1000', { scaleIn: { deletionCost: -1001 } }],
    ['a weight of 0', { placement: { type: 'VirtualOnly', providers: [{ name: 'kwok', weight: 0 }] } }],
    [
      'a provider twice',
      { placement: { type: 'VirtualOnly', providers: [{ name: 'kwok' }, { name: 'kwok' }] } },
    ],
    ['a label value with a space', { match: { workloads: { selector: { matchLabels: { app: 'a b' } } } } }],
    [
      'a label value of 64 characters',
      { match: { workloads: { selector: { matchLabels: { app: 'a'.repeat(64) } } } } },
    ],
    [
      'a label key with two slashes',
      { match: { workloads: { selector: { matchLabels: { 'a/b/c': 'x' } } } } },
    ],
    [
      'In without values',
      { match: { workloads: { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } } },
    ],
    [
      'Exists with values',
      {
        match: {
          workloads: { selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } },
        },
      },
    ],
    ['a kind that is not handled', { match: { workloads: { kinds: ['Deployment'] } } }],
    ['no kind at all', { match: { workloads: { kinds: [] } } }],
    ['a scheduler name with capitals', { scheduling: { schedulerName: 'Bad Name!' } }],
    ['a variable name that begins with a digit', { env: [{ name: '1A', value: '' }] }],
    ['a variable name that is two dots', { env: [{ name: '..', value: '' }] }],
    [
      'a variable twice',
      {
        env: [
          { name: 'A', value: '' },
          { name: 'A', value: 'b' },
        ],
      },
    ],
    ['a variable with a number for a value', { env: [{ name: 'A', value: 1 }] }],
    ['a variable without value and valueFrom', { env: [{ name: 'A' }] }],
    [
      'a variable with both',
      { env: [{ name: 'A', value: '', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
    ],
    [
      'a field that cannot be read',
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.image' } } }] },
    ],
    [
      'two sources of a value',
      {
        env: [
          {
            name: 'A',
            valueFrom: { secretKeyRef: { name: 'a', key: 'b' }, configMapKeyRef: { name: 'a', key: 'b' } },
          },
        ],
      },
    ],
    [
      'a Secret key with a slash',
      { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'a', key: 'b/c' } } }] },
    ],
    [
      'a destination of two kinds',
      {
        logs: { destinations: [{ sls: { project: 'p', logstore: 'l' }, cls: { logset: 's', topic: 't' } }] },
      },
    ],
    ['a destination of no kind', { logs: { destinations: [{}] } }],
    [
      'a relative log path',
      { logs: { sources: ['logs/*.log'], destinations: [{ sls: { project: 'p', logstore: 'l' } }] } },
    ],
    [
      'a log path with a comma',
      { logs: { sources: ['/a,b'], destinations: [{ sls: { project: 'p', logstore: 'l' } }] } },
    ],
    ['a broker port of 0', { logs: { destinations: [{ kafka: { brokers: ['k:0'], topic: 't' } }] } }],
    ['a broker port of 65536', { logs: { destinations: [{ kafka: { brokers: ['k:65536'], topic: 't' } }] } }],
    ['a collector that is no URL', { tracing: { otlp: { endpoint: 'otel:4317' } } }],
    ['a collector with a port of 99999', { tracing: { otlp: { endpoint: 'http://otel:99999' } } }],
    ['jaeger without a sampler', { tracing: { jaeger: { collectorEndpoint: 'http://jaeger:14268' } } }],
    ['negative patience', { resilience: { unreachableSeconds: -1 } }],
  ])('refuses %s', (_, spec) => {
    expect(specFaults(spec)).toHaveLength(1);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a list', []],
    ['a text', 'policy'],
    ['another apiVersion', { ...policyDocument('a'), apiVersion: 'tidegate.io/v2' }],
    ['another kind', { ...policyDocument('a'), kind: 'Policy' }],
    ['a name with capitals', policyDocument('Cronjobs')],
    ['a name of 254 characters', policyDocument('a'.repeat(254))],
    ['no spec', { ...policyDocument('a'), spec: undefined }],
    [
      'a prototype key',
      JSON.parse(
        '{"apiVersion":"tidegate.io/v1alpha1","kind":"VirtualNodePolicy","metadata":{"name":"a"},"spec":{"__proto__":{},"placement":{"type":"VirtualOnly","providers":[{"name":"kwok"}]}}}',
      ),
    ],
  ])('refuses a document that is %s', (_, document) => {
    expect(faultsOf(document)).toHaveLength(1);
  });

  it('refuses a label key that reaches for the prototype', () => {
    const matchLabels = JSON.parse('{"__proto__":"x"}') as object;
    expect(specFaults({ match: { workloads: { selector: { matchLabels } } } })).toEqual([
      'spec.match.workloads.selector.matchLabels.__proto__: expected another key',
    ]);
  });

  it('answers a document of a hundred thousand levels with a fault', () => {
    let deep: unknown = {};
    for (let i = 0; i < 100_000; i++) deep = { deep };
    expect(faultsOf(deep)).toEqual([': expected at most 64 levels of nesting']);
  });
});
