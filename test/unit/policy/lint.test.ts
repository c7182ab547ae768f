import { describe, expect, it } from 'vitest';
import { formatPath } from '../../../src/policy/fault.js';
import { lintPolicies, type LintContext } from '../../../src/policy/lint.js';
import type { Policy } from '../../../src/policy/policy.js';
import { policy } from '../../support/policy.js';

const context: LintContext = { notOffered: () => [], knowsNamespaces: true };

function warnings(policies: readonly Policy[], given: Partial<LintContext> = {}): string[] {
  return lintPolicies(policies, { ...context, ...given }).map(
    ({ policy: name, path, message }) => `${name} ${formatPath(path)}: ${message}`,
  );
}
const placement = (type: string, ...providers: (string | object)[]) => ({
  placement: { type, providers: providers.map((one) => (typeof one === 'string' ? { name: one } : one)) },
});
const sls = { sls: { project: 'p', logstore: 'l' } };
const kafka = { kafka: { brokers: ['k:1'], topic: 't' } };

describe('lintPolicies', () => {
  it('says nothing of a plain policy', () => {
    expect(warnings([policy('a')])).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    [
      'an observing policy',
      { mode: 'Observe' },
      ['a spec.mode: Observe changes nothing, and ends the search of the workloads that it matches'],
    ],
    [
      'a share of nothing',
      { rolloutPercent: 0 },
      ['a spec.rolloutPercent: 0 places nothing, and ends the search of the workloads that it matches'],
    ],
    [
      'a later provider that weighs more',
      placement('PreferVirtual', 'kwok', { name: 'liqo', weight: 90 }, { name: 'azure-aci', weight: 95 }),
      ['a spec.placement.providers[2].weight: azure-aci weighs more than liqo, which stands before it'],
    ],
    [
      'weights in order',
      placement('PreferVirtual', { name: 'kwok', weight: 50 }, { name: 'liqo', weight: 50 }),
      [],
    ],
    [
      'our scheduler without a choice',
      { scheduling: { schedulerName: 'tidegate-scheduler' } },
      [
        'a spec.scheduling.schedulerName: tidegate-scheduler chooses between providers and real nodes: VirtualOnly and one provider leave no choice',
      ],
    ],
    [
      'our scheduler with two providers',
      { scheduling: { schedulerName: 'tidegate-scheduler' }, ...placement('VirtualOnly', 'kwok', 'liqo') },
      [],
    ],
    [
      'our scheduler with real nodes to go to',
      { scheduling: { schedulerName: 'tidegate-scheduler' }, ...placement('PreferReal', 'kwok') },
      [],
    ],
    [
      'our scheduler for pods whose Jobs are nobody’s',
      {
        scheduling: { schedulerName: 'tidegate-scheduler' },
        match: { workloads: { kinds: ['Pod'] } },
        ...placement('PreferVirtual', 'kwok'),
      },
      [
        'a spec.match.workloads.kinds: with Pods alone, a Job counts each pod that does not start: its podFailurePolicy is written by way of Job or CronJob',
      ],
    ],
    [
      'our scheduler for pods and their Jobs',
      {
        scheduling: { schedulerName: 'tidegate-scheduler' },
        match: { workloads: { kinds: ['Pod', 'Job'] } },
        ...placement('PreferVirtual', 'kwok'),
      },
      [],
    ],
    [
      'a scheduler that is not ours',
      { scheduling: { schedulerName: 'volcano' } },
      [
        'a spec.scheduling.schedulerName: volcano is not tidegate-scheduler: where no scheduler of this name runs, the pods wait for ever',
      ],
    ],
    [
      'a scheduler beside a provider that steers by itself',
      {
        scheduling: { schedulerName: 'tidegate-scheduler' },
        ...placement('PreferVirtual', 'azure-vn2', 'aws-fargate'),
      },
      [
        'a spec.scheduling.schedulerName: aws-fargate steers the pod itself: another scheduler may keep it from that',
      ],
    ],
    [
      'the default scheduler beside such a provider',
      { scheduling: { schedulerName: 'default-scheduler' }, ...placement('VirtualOnly', 'aws-fargate') },
      [],
    ],
    [
      'destinations that nobody comes to write to',
      {
        logs: { destinations: [kafka, sls, { cls: { logset: 's', topic: 't' } }] },
        ...placement('VirtualOnly', 'tencent-supernode'),
      },
      [
        'a spec.logs.destinations[1].sls: no provider of the policy comes to write to it',
        'a spec.logs.destinations[2].cls: no provider of the policy comes to write to it',
      ],
    ],
    [
      'a destination for each provider',
      {
        logs: { destinations: [kafka, sls] },
        ...placement('VirtualOnly', 'tencent-supernode', 'alibaba-eci'),
      },
      [],
    ],
    [
      'collectors on the pod itself',
      {
        tracing: {
          otlp: { endpoint: 'http://localhost:4318' },
          jaeger: { collectorEndpoint: 'http://127.0.0.1:14268/api', samplingEndpoint: 'http://jaeger:5778' },
        },
      },
      [
        'a spec.tracing.jaeger.collectorEndpoint: this address is the pod itself: nothing listens there on a virtual node',
        'a spec.tracing.otlp.endpoint: this address is the pod itself: nothing listens there on a virtual node',
      ],
    ],
    [
      'a field that virtual nodes do not know',
      {
        env: [
          { name: 'A', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
          { name: 'B', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: 'C', value: 'x' },
        ],
      },
      [
        'a spec.env[0].valueFrom.fieldRef.fieldPath: virtual-kubelet does not resolve status.hostIP: the pod may fail to start',
      ],
    ],
  ])('judges %s', (_, spec, expected) => {
    expect(warnings([policy('a', spec)])).toEqual(expected);
  });

  it('warns of a namespace selector where no Namespace is known', () => {
    const selecting = policy('a', { match: { namespaces: { selector: { matchLabels: { team: 'data' } } } } });
    expect(warnings([selecting])).toEqual([]);
    expect(warnings([selecting], { knowsNamespaces: false })).toEqual([
      'a spec.match.namespaces.selector: no Namespace stands beside the policies: where no cluster is asked, this matches nothing',
    ]);
  });

  it('tells what the providers cannot do, where the policy asks for it', () => {
    expect(
      warnings([policy('a')], {
        notOffered: () => [
          { item: 'provider liqo', because: 'steering-excluded' },
          { item: 'imageCache of kwok', because: 'image-cache-not-offered' },
          { item: 'something new', because: 'internal-error' },
        ],
      }),
    ).toEqual([
      "a spec.placement.providers: provider liqo: the provider's way of steering cannot be mixed with the one before it",
      'a spec.startup.imageCache: imageCache of kwok: the provider has no image cache that a pod can ask for',
      'a spec: something new: tidegate met an error of its own',
    ]);
  });

  const jobs = { workloads: { kinds: ['Job'] } };
  const batch = { workloads: { selector: { matchLabels: { tier: 'batch' } } } };
  const never = ['b spec.match: never reached: a comes first and matches all that this one matches'];
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ['the same match, by name', {}, {}, never],
    [
      'the same match, by priority',
      {},
      { priority: 1 },
      ['a spec.match: never reached: b comes first and matches all that this one matches'],
    ],
    ['a narrower one', {}, { match: { namespaces: { names: ['x-*'] }, ...batch } }, never],
    [
      'the same glob',
      { match: { namespaces: { names: ['x-*', 'y'] } } },
      { match: { namespaces: { names: ['x-*'] } } },
      never,
    ],
    ['equal selectors', { match: batch }, { match: batch }, never],
    ['a wider one', { match: batch }, {}, []],
    ['another kind', {}, { match: jobs }, []],
    ['one kind more', {}, { match: { workloads: { kinds: ['CronJob', 'Job'] } } }, []],
    [
      'another namespace',
      { match: { namespaces: { names: ['x'] } } },
      { match: { namespaces: { names: ['y'] } } },
      [],
    ],
    [
      'a selector over namespaces',
      { match: { namespaces: { selector: { matchLabels: { a: 'b' } } } } },
      {},
      [],
    ],
    ['one that may be chosen', {}, { match: { selectable: true } }, []],
  ])('knows whether a policy is reached behind %s', (_, a, b, expected) => {
    expect(warnings([policy('b', b), policy('a', a)])).toEqual(expected);
  });
});
