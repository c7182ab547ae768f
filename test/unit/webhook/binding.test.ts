import { describe, expect, it } from 'vitest';
import { admitBinding, type BindingContext, type BindingPod } from '../../../src/webhook/binding.js';
import type { RivalReason } from '../../../src/policy/reasons.js';
import { policy } from '../../support/policy.js';
import { snapshot } from '../../support/snapshot.js';

const pod: BindingPod = {
  uid: 'u-1',
  ownerKind: 'ReplicaSet',
  hasCost: false,
  inWorkloadSpread: false,
  labels: {},
};

function context(more: Partial<BindingContext> = {}): BindingContext {
  return {
    snapshot: snapshot([policy('p')]),
    providersOf: (node) => (node === 'vn-1' ? ['kwok'] : undefined),
    podOf: (namespace, name) => (namespace === 'apps' && name === 'web-1' ? pod : undefined),
    rivalOf: () => undefined,
    ...more,
  };
}

function review(object: unknown, request: object = {}) {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'r-1',
      kind: { group: '', version: 'v1', kind: 'Binding' },
      subResource: 'binding',
      operation: 'CREATE',
      namespace: 'apps',
      name: 'web-1',
      object,
      ...request,
    },
  };
}

const binding = (metadata: object = {}, node = 'vn-1') => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name: 'web-1', namespace: 'apps', uid: 'u-1', ...metadata },
  target: { kind: 'Node', name: node },
});

const patchOf = (answer: { readonly response: { readonly patch?: string } }): unknown =>
  answer.response.patch === undefined
    ? undefined
    : JSON.parse(Buffer.from(answer.response.patch, 'base64').toString());

describe('admitBinding', () => {
  it('marks a pod that lands on a virtual node', () => {
    const { review: answer, verdict } = admitBinding(review(binding()), context());
    expect(patchOf(answer)).toEqual([
      { op: 'add', path: '/metadata/annotations', value: {} },
      { op: 'add', path: '/metadata/annotations/controller.kubernetes.io~1pod-deletion-cost', value: '-100' },
      { op: 'add', path: '/metadata/annotations/tidegate.io~1deletion-cost-by', value: 'p:-100' },
    ]);
    expect(verdict).toMatchObject({ kind: 'patched', because: 'marked', policy: 'p' });
  });

  it('keeps the annotations that the scheduler put on the Binding', () => {
    const { review: answer } = admitBinding(review(binding({ annotations: { a: 'b' } })), context());
    expect(patchOf(answer)).toHaveLength(2);
  });

  it.each([
    ['an ordinary node', binding({}, 'worker-1'), {}, {}, 'node-not-virtual'],
    ['a pod that is not known', binding({ name: 'web-2' }), { name: 'web-2' }, {}, 'pod-not-known'],
    ['a pod of another uid', binding({ uid: 'u-2' }), {}, {}, 'pod-not-known'],
    ['a pod with a cost', binding(), {}, { podOf: () => ({ ...pod, hasCost: true }) }, 'cost-of-another'],
    [
      'a Binding with a cost',
      binding({ annotations: { 'controller.kubernetes.io/pod-deletion-cost': '5' } }),
      {},
      {},
      'cost-of-another',
    ],
    ["a Job's pod", binding(), {}, { podOf: () => ({ ...pod, ownerKind: 'Job' }) }, 'owner-does-not-rank'],
    ['no policy', binding(), {}, { snapshot: snapshot([]) }, 'no-policy-matches'],
    [
      'a pod of a rival',
      binding(),
      {},
      { rivalOf: (): RivalReason => 'cost-of-resource-policy' },
      'cost-of-resource-policy',
    ],
    [
      'a pod of a rival that has written its cost already',
      binding(),
      {},
      { podOf: () => ({ ...pod, hasCost: true }), rivalOf: (): RivalReason => 'cost-of-workload-spread' },
      'cost-of-workload-spread',
    ],
    [
      'a pod of a rival that no policy is for',
      binding(),
      {},
      { snapshot: snapshot([]), rivalOf: (): RivalReason => 'cost-of-karpenter' },
      'no-policy-matches',
    ],
    ['another operation', binding(), { operation: 'UPDATE' }, {}, 'operation-not-handled'],
    ['another kind', binding(), { kind: { group: '', version: 'v1', kind: 'Pod' } }, {}, 'kind-not-handled'],
  ])('leaves %s alone', (_, object, request, more, because) => {
    const { review: answer, verdict } = admitBinding(review(object, request), context(more));
    expect(answer.response).toMatchObject({ uid: 'r-1', allowed: true });
    expect(patchOf(answer)).toBeUndefined();
    expect(verdict).toMatchObject({ kind: 'skipped', because });
  });

  it('takes the name of the request where the Binding has none', () => {
    const nameless = { ...binding(), metadata: {} };
    expect(admitBinding(review(nameless), context()).verdict.kind).toBe('patched');
  });

  it.each([
    ['no object', null],
    ['annotations of the wrong type', binding({ annotations: 7 })],
    ['a target of the wrong type', { ...binding(), target: 'vn-1' }],
  ])('allows %s, unchanged', (_, object) => {
    const { review: answer, verdict } = admitBinding(review(object), context());
    expect(answer.response.allowed).toBe(true);
    expect(verdict).toMatchObject({ kind: 'failed', because: 'object-invalid', patch: '' });
  });

  it('refuses what has no uid', () => {
    expect(() => admitBinding({ kind: 'AdmissionReview' }, context())).toThrow('apiVersion: expected');
  });
});
