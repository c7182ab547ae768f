import { describe, expect, it } from 'vitest';
import { createPodReader, isMarkable, isSamePod } from '../../../../src/controllers/scale-in/pods.js';
import type { ObjectMeta } from '../../../../src/kube/object.js';
import { pod } from '../../../support/kube.js';

const ownerReferences = [
  { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u-n' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u-web', controller: true },
];
const cost = 'controller.kubernetes.io/pod-deletion-cost';

const read = (metadata: ObjectMeta = {}, rest: Parameters<typeof pod>[2] = {}) =>
  createPodReader()(pod('web-1', { ownerReferences, ...metadata }, rest));

describe('createPodReader', () => {
  it('keeps what bears on a mark', () => {
    const managedFields = [
      { manager: 'helm', fieldsV1: { 'f:metadata': { 'f:annotations': { [`f:${cost}`]: {} } } } },
    ];
    const annotations = {
      [cost]: '5',
      'tidegate.io/deletion-cost-by': 'p:-100',
      'apps.kruise.io/matched-workloadspread': '{}',
    };
    expect(
      read(
        { annotations, managedFields, labels: { app: 'web' } },
        { spec: { nodeName: 'vn-1' }, status: { phase: 'Running' } },
      ),
    ).toEqual({
      namespace: 'default',
      name: 'web-1',
      uid: 'uid-web-1',
      nodeName: 'vn-1',
      finished: false,
      owner: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u-web' },
      labels: { app: 'web' },
      inWorkloadSpread: true,
      deletionCost: '5',
      markedBy: 'p:-100',
      costWriter: 'helm',
    });
  });

  it('shares the owner and the labels of pods that have the same', () => {
    const reader = createPodReader();
    const [a, b] = ['a', 'b'].map((name) => reader(pod(name, { ownerReferences, labels: { app: 'web' } })));
    expect(a?.owner).toBe(b?.owner);
    expect(a?.labels).toBe(b?.labels);
  });

  it('takes a pod that says the same for the same, whatever its status', () => {
    const reader = createPodReader();
    const running = reader(pod('a', { ownerReferences }, { status: { phase: 'Running' } }));
    const ready = reader(
      pod('a', { ownerReferences }, { status: { phase: 'Running', conditions: [{ type: 'Ready' }] } }),
    );
    expect(isSamePod(running, ready)).toBe(true);
    expect(isSamePod(running, { ...running, deletionCost: '1' })).toBe(false);
  });
});

describe('isMarkable', () => {
  it.each([
    ['a running pod of a ReplicaSet', read({}, { status: { phase: 'Running' } }), true],
    ['a pod that has not started', read({}, { status: { phase: 'Pending' } }), true],
    ['a pod without a status', read(), true],
    ['one that has succeeded', read({}, { status: { phase: 'Succeeded' } }), false],
    ['one that has failed', read({}, { status: { phase: 'Failed' } }), false],
    ['one that is being deleted', read({ deletionTimestamp: '2026-03-01T00:00:00Z' }), false],
    ['one without an owner', read({ ownerReferences: [] }), false],
    [
      "a Job's",
      read({
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'u', controller: true }],
      }),
      false,
    ],
  ])('of %s is %s', (_, one, markable) => {
    expect(isMarkable(one)).toBe(markable);
  });
});
