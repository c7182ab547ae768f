import { describe, expect, it } from 'vitest';
import { judgeConfiguration } from '../../../../src/doctor/checks/webhook-configuration.js';
import type { KubeObject } from '../../../../src/kube/object.js';
import type { JsonObject } from '../../../../src/objects/json.js';
import { names, said } from '../../../support/doctor.js';
import { render } from '../../../support/helm.js';

interface Hook extends JsonObject {
  readonly namespaceSelector: {
    readonly matchLabels?: JsonObject;
    readonly matchExpressions: readonly JsonObject[];
  };
  readonly rules: readonly JsonObject[];
}

const isConfiguration = ({ kind }: KubeObject) => kind === 'MutatingWebhookConfiguration';
const [rendered] = render().filter(isConfiguration);

/** The chart's configuration, edited: each of its webhooks, or those that `change` tells apart. */
function edited(change: (hook: Hook) => object = () => ({})): KubeObject {
  const hooks = rendered?.['webhooks'] as readonly Hook[];
  return { ...rendered!, webhooks: hooks.map((hook) => ({ ...hook, ...change(hook) })) };
}

const judge = (change?: (hook: Hook) => object) =>
  judgeConfiguration(edited(change), { names, schedulerAccount: undefined });
const workloadsOnly = (change: object) => (hook: Hook) =>
  hook['name'] === 'workloads.tidegate.io' ? change : {};

describe('webhook-configuration', () => {
  it('is as the chart renders it', () => {
    expect(said(judge())).toEqual(['ok: 2 webhooks, as tidegate wants them']);
  });

  describe('where the scheduler is', () => {
    const [hooked] = render({ scheduler: { enabled: true } }).filter(isConfiguration);
    const hooks = hooked?.['webhooks'] as readonly Hook[];
    const judgeWith = (name = '', change: object = {}) =>
      judgeConfiguration(
        {
          ...hooked!,
          webhooks: hooks.map((hook) => (hook['name'] === name ? { ...hook, ...change } : hook)),
        },
        { names, schedulerAccount: 'tidegate-scheduler' },
      );

    it('has an entry more', () => {
      expect(said(judgeWith())).toEqual(['ok: 3 webhooks, as tidegate wants them']);
      const found = judgeConfiguration(edited(), { names, schedulerAccount: 'tidegate-scheduler' });
      expect(found.map(({ status }) => status)).toEqual(['warning', 'fault']);
    });

    it('is not to be asked about all that happens to pods, or elsewhere', () => {
      const without = { matchConditions: undefined };
      expect(said(judgeWith('pod-status.tidegate.io', without))).toEqual([
        'warning: pod-status.tidegate.io: the matchConditions lack own-scheduler, fails-now, turned-away: it is asked more than it answers',
      ]);
      expect(said(judgeWith('bindings.tidegate.io', without))).toEqual([
        'warning: bindings.tidegate.io: the matchConditions lack not-own-scheduler: it is asked more than it answers',
      ]);
      expect(said(judgeWith('pod-status.tidegate.io', { failurePolicy: 'Fail' }))).toEqual([
        'fault: pod-status.tidegate.io: failurePolicy is Fail: where tidegate does not answer, writes are refused',
      ]);
    });
  });

  it('may have the expressions that AKS adds', () => {
    const found = judge(({ namespaceSelector }) => ({
      namespaceSelector: {
        ...namespaceSelector,
        matchExpressions: [
          ...namespaceSelector.matchExpressions,
          { key: 'control-plane', operator: 'DoesNotExist' },
          { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] },
        ],
      },
    }));
    expect(said(found)).toEqual(['ok: 2 webhooks, as tidegate wants them']);
  });

  it('may have its opt-in label as an expression', () => {
    const found = judge(({ namespaceSelector: { matchExpressions } }) => ({
      namespaceSelector: {
        matchExpressions: [
          ...matchExpressions,
          { key: 'tidegate.io/virtual-nodes', operator: 'In', values: ['enabled'] },
        ],
      },
    }));
    expect(found).toMatchObject([{ status: 'ok' }]);
  });

  it('is a fault where it is missing, as a whole or an entry of it', () => {
    expect(judgeConfiguration(undefined, { names, schedulerAccount: undefined })).toMatchObject([
      { status: 'fault' },
    ]);
    const alone = { ...edited(), webhooks: (edited()['webhooks'] as readonly JsonObject[]).slice(0, 1) };
    expect(said(judgeConfiguration(alone, { names, schedulerAccount: undefined }))).toEqual([
      'fault: bindings.tidegate.io is missing in tidegate',
    ]);
  });

  const cases: readonly [string, object, string, string][] = [
    [
      'failurePolicy Fail',
      { failurePolicy: 'Fail' },
      'fault: workloads.tidegate.io: failurePolicy is Fail',
      'webhook.failurePolicy=Ignore',
    ],
    [
      'a timeout of 30 s',
      { timeoutSeconds: 30 },
      'fault: workloads.tidegate.io: timeoutSeconds is 30',
      'webhook.timeoutSeconds=2',
    ],
    [
      'a timeout of 5 s',
      { timeoutSeconds: 5 },
      'warning: workloads.tidegate.io: timeoutSeconds is 5',
      'webhook.timeoutSeconds=2',
    ],
    [
      'matchPolicy Exact',
      { matchPolicy: 'Exact' },
      'warning: workloads.tidegate.io: matchPolicy is Exact',
      'webhook.matchPolicy=Equivalent',
    ],
    [
      'reinvocationPolicy Never',
      { reinvocationPolicy: 'Never' },
      'warning: workloads.tidegate.io: reinvocationPolicy is Never',
      'webhook.reinvocationPolicy=IfNeeded',
    ],
    [
      'sideEffects NoneOnDryRun',
      { sideEffects: 'NoneOnDryRun' },
      'warning: workloads.tidegate.io: sideEffects is NoneOnDryRun',
      'helm upgrade tidegate',
    ],
    [
      'another address',
      { clientConfig: { service: { namespace: 'x', name: 'y', path: '/z' } } },
      'fault: workloads.tidegate.io: it is asked at x/y/z, and answers at tidegate-system/tidegate-webhook/mutate',
      'helm upgrade tidegate',
    ],
    [
      'no selector',
      { namespaceSelector: {} },
      'fault: workloads.tidegate.io: the namespaceSelector has lost the label tidegate.io/virtual-nodes',
      'helm upgrade tidegate',
    ],
    [
      'a label beside ours',
      { namespaceSelector: { matchLabels: { 'tidegate.io/virtual-nodes': 'enabled', team: 'web' } } },
      'fault: workloads.tidegate.io: the namespaceSelector leaves out namespaces',
      'webhook.namespaceSelector',
    ],
    [
      'its own namespace let in',
      { namespaceSelector: { matchLabels: { 'tidegate.io/virtual-nodes': 'enabled' } } },
      'fault: workloads.tidegate.io: the namespaceSelector lets in tidegate-system, kube-system, kube-node-lease',
      'helm upgrade tidegate',
    ],
  ];
  it.each(cases)('tells of %s', (_, change, reason, remedy) => {
    const found = judge(workloadsOnly(change));
    expect(said(found)).toEqual([expect.stringContaining(reason)]);
    expect(found[0]?.remedy).toContain(remedy);
    expect(found[0]?.remedy).toMatch(/ --reset-then-reuse-values.*--force-conflicts/);
  });

  it('tells of rules that are gone, and of rules that ask in vain', () => {
    const jobs = { apiGroups: ['batch'], apiVersions: ['v1'], resources: ['jobs'], operations: ['CREATE'] };
    const pods = { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['UPDATE'] };
    expect(said(judge(workloadsOnly({ rules: [jobs, pods] })))).toEqual([
      'fault: workloads.tidegate.io: the rules lack CREATE of batch/v1 cronjobs, UPDATE of batch/v1 cronjobs, CREATE of v1 pods: these pass unchanged',
      'warning: workloads.tidegate.io: the rules ask also about UPDATE of v1 pods: every such write waits for an answer that changes nothing',
    ]);
  });

  it('takes a wildcard for all that it covers, and for too much', () => {
    const all = { apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'], operations: ['*'], scope: '*' };
    const found = judge(() => ({ rules: [all] }));
    expect(found.map(({ status }) => status)).toEqual(['warning', 'warning']);
    const clusterOnly = judge(() => ({ rules: [{ ...all, scope: 'Cluster' }] }));
    expect(clusterOnly.map(({ status }) => status)).toEqual(['fault', 'warning', 'fault', 'warning']);
  });
});
