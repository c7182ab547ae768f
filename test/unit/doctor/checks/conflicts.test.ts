import { describe, expect, it } from 'vitest';
import { conflicts } from '../../../../src/doctor/checks/conflicts.js';
import { KubeError } from '../../../../src/kube/errors.js';
import type { KubeObject } from '../../../../src/kube/object.js';
import { examination, object, said } from '../../../support/doctor.js';

const definition = (name: string) => {
  const [plural = '', ...group] = name.split('.');
  return object({
    metadata: { name },
    spec: {
      group: group.join('.'),
      scope: 'Cluster',
      names: { plural, kind: 'Some' },
      versions: [
        { name: 'v1alpha1', served: true, storage: false },
        { name: 'v1', served: true, storage: true },
      ],
    },
  });
};

interface World {
  /** Objects by the name of their CustomResourceDefinition. */
  readonly custom?: Readonly<Record<string, readonly KubeObject[]>>;
  /** Objects by plural. */
  readonly builtin?: Readonly<Record<string, readonly KubeObject[]>>;
  readonly eciProfile?: KubeObject;
  readonly forbidden?: string;
}

const look = async ({ custom = {}, builtin = {}, eciProfile, forbidden }: World) =>
  conflicts.run({
    ...examination,
    read: {
      ...examination.read,
      get: ({ plural }, { name = '' }) => {
        if (plural === 'configmaps') return Promise.resolve(eciProfile);
        return Promise.resolve(custom[name] === undefined ? undefined : definition(name));
      },
      list: ({ plural, group, version }) => {
        if (plural === forbidden)
          return Promise.reject(new KubeError(`list ${plural}`, { kind: 'forbidden' }));
        if (builtin[plural] !== undefined) return Promise.resolve(builtin[plural]);
        expect(custom[`${plural}.${group}`] === undefined || version === 'v1').toBe(true);
        return Promise.resolve(custom[`${plural}.${group}`]);
      },
    },
  });

const named = (name: string, spec: object = {}, namespace?: string) =>
  object({ metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, spec });

const kyverno = (mutate: object, kinds: readonly string[] = ['Pod']) =>
  named('tolerate', { rules: [{ name: 'r', match: { any: [{ resources: { kinds } }] }, mutate }] });
const tolerating = { patchStrategicMerge: { spec: { tolerations: [{ operator: 'Exists' }] } } };

const hooks = (name: string, rule: object, hook = 'h.example.com') =>
  object({ metadata: { name }, webhooks: [{ name: hook, rules: [rule] }] });
const cronJobsRule = {
  apiGroups: ['batch'],
  apiVersions: ['v1'],
  resources: ['cronjobs'],
  operations: ['*'],
};

const found: readonly [string, World, string][] = [
  [
    'eci-profile with selectors',
    { eciProfile: object({ metadata: {}, data: { selectors: '[{"name":"a"}]' } }) },
    'eci-profile has selectors',
  ],
  [
    'a WorkloadSpread',
    { custom: { 'workloadspreads.apps.kruise.io': [named('s', {}, 'shop')] } },
    'OpenKruise WorkloadSpread shop/s sets deletion costs',
  ],
  [
    'a ResourcePolicy',
    { custom: { 'resourcepolicies.scheduling.alibabacloud.com': [named('r', {}, 'shop')] } },
    'ACK ResourcePolicy shop/r orders where pods go',
  ],
  [
    'a Karpenter that sets deletion costs',
    {
      builtin: {
        deployments: [
          named(
            'karpenter',
            {
              template: {
                spec: { containers: [{ args: ['--feature-gates=PodDeletionCostManagement=true'] }] },
              },
            },
            'kube-system',
          ),
        ],
      },
    },
    'Karpenter kube-system/karpenter sets deletion costs',
  ],
  [
    'a Kyverno policy that sets tolerations',
    { custom: { 'clusterpolicies.kyverno.io': [kyverno(tolerating)] } },
    'Kyverno tolerate mutates fields that tidegate writes',
  ],
  [
    'a Kyverno policy of CronJobs by their group',
    { custom: { 'policies.kyverno.io': [kyverno(tolerating, ['batch/v1/CronJob'])] } },
    'Kyverno tolerate mutates fields that tidegate writes',
  ],
  [
    'a MutatingPolicy of Kyverno',
    {
      custom: {
        'mutatingpolicies.policies.kyverno.io': [
          named('m', { mutations: [{ jsonPatch: { expression: '"/spec/nodeSelector"' } }] }),
        ],
      },
    },
    'Kyverno MutatingPolicy m mutates fields',
  ],
  [
    'an Assign of Gatekeeper',
    { custom: { 'assign.mutations.gatekeeper.sh': [named('g', { location: 'spec.tolerations' })] } },
    'Gatekeeper g mutates fields that tidegate writes',
  ],
  [
    'a MutatingAdmissionPolicy',
    {
      builtin: {
        mutatingadmissionpolicies: [
          named('p', {
            mutations: [{ applyConfiguration: { expression: 'Object{spec: {schedulerName}}' } }],
          }),
        ],
      },
    },
    'MutatingAdmissionPolicy p mutates fields',
  ],
  [
    'another webhook of CronJobs',
    { builtin: { mutatingwebhookconfigurations: [hooks('other', cronJobsRule)] } },
    'other is asked of CronJobs too',
  ],
  [
    'a webhook of everything',
    {
      builtin: {
        mutatingwebhookconfigurations: [hooks('other', { apiGroups: ['*'], resources: ['*'] })],
      },
    },
    'other is asked of CronJobs too',
  ],
  [
    'a second tidegate',
    {
      builtin: {
        mutatingwebhookconfigurations: [hooks('twin', cronJobsRule, 'workloads.tidegate.io')],
      },
    },
    'twin asks a second tidegate',
  ],
];

const harmless: readonly [string, World][] = [
  ['nothing', {}],
  ['an eci-profile without selectors', { eciProfile: object({ metadata: {}, data: { selectors: '' } }) }],
  ['an eci-profile with an empty list', { eciProfile: object({ metadata: {}, data: { selectors: '[]' } }) }],
  ['a kind without objects', { custom: { 'workloadspreads.apps.kruise.io': [] } }],
  [
    'a Karpenter that does not',
    { builtin: { deployments: [named('karpenter', { template: { spec: { containers: [{}] } } })] } },
  ],
  [
    'a Kyverno policy of other fields',
    {
      custom: { 'clusterpolicies.kyverno.io': [kyverno({ patchesJson6902: '- path: "/metadata/labels"' })] },
    },
  ],
  [
    'a Kyverno policy of other kinds',
    { custom: { 'clusterpolicies.kyverno.io': [kyverno(tolerating, ['Deployment'])] } },
  ],
  [
    'a Kyverno policy that only validates them',
    {
      custom: {
        'clusterpolicies.kyverno.io': [
          named('v', {
            rules: [{ match: { any: [{ resources: { kinds: ['Pod'] } }] }, validate: tolerating }],
          }),
        ],
      },
    },
  ],
  [
    'an Assign of another field',
    { custom: { 'assign.mutations.gatekeeper.sh': [named('g', { location: 'spec.dnsPolicy' })] } },
  ],
  [
    'our own webhooks, and one of pods alone',
    {
      builtin: {
        mutatingwebhookconfigurations: [
          hooks('tidegate', cronJobsRule, 'workloads.tidegate.io'),
          hooks('sidecars', { apiGroups: [''], resources: ['pods'] }),
        ],
      },
    },
  ],
];

describe('conflicts', () => {
  it.each(found)('warns of %s, with a remedy', async (_, world, reason) => {
    const [first, ...others] = await look(world);
    expect(first).toMatchObject({ status: 'warning', reason: expect.stringContaining(reason) });
    expect(first?.remedy).toMatch(/\w{3}/);
    expect(others).toEqual([]);
  });

  it.each(harmless)('finds nothing in %s', async (_, world) => {
    expect(said(await look(world))).toEqual([
      'ok: no product that writes the same fields, or moves the same pods',
    ]);
  });

  it('tells the others where one may not be looked at', async () => {
    const world = {
      custom: {
        'workloadspreads.apps.kruise.io': [named('s', {}, 'shop')],
        'resourcepolicies.scheduling.alibabacloud.com': [named('r', {}, 'shop')],
      },
      forbidden: 'workloadspreads',
    };
    expect(said(await look(world))).toEqual([
      'skipped: OpenKruise WorkloadSpread cannot be looked for: list workloadspreads',
      expect.stringContaining('warning: ACK ResourcePolicy shop/r'),
    ]);
  });

  it('names some of many', async () => {
    const many = Array.from({ length: 8 }, (_, i) => named(`s${i}`, {}, 'a'));
    const [first] = await look({ custom: { 'workloadspreads.apps.kruise.io': many } });
    expect(first?.reason).toContain('a/s0, a/s1, a/s2, a/s3, a/s4 and 3 more');
  });
});
