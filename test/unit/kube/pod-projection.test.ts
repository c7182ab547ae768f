import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/kube/object.js';
import { createPodProjection, isSamePod } from '../../../src/kube/pod-projection.js';

const whole: KubeObject = {
  metadata: {
    namespace: 'apps',
    name: 'a',
    uid: 'u-1',
    creationTimestamp: '2026-01-01T00:00:01Z',
    deletionTimestamp: '2026-01-02T00:00:00Z',
    annotations: {
      'controller.kubernetes.io/pod-deletion-cost': '-100',
      'tidegate.io/deletion-cost-by': 'cronjobs',
      other: 'x',
    },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u-n' },
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', uid: 'u-rs', controller: true },
    ],
  },
  spec: { nodeName: 'n-1', schedulerName: 'default-scheduler' },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'PodScheduled', status: 'True' },
      { type: 'Ready', status: 'True' },
    ],
  },
};

describe('createPodProjection', () => {
  it('keeps what the controllers read', () => {
    expect(createPodProjection()(whole)).toEqual({
      namespace: 'apps',
      name: 'a',
      uid: 'u-1',
      nodeName: 'n-1',
      schedulerName: 'default-scheduler',
      phase: 'Running',
      ready: true,
      deleting: true,
      ownerKind: 'ReplicaSet',
      ownerUid: 'u-rs',
      createdAt: 1767225601,
      deletionCost: '-100',
      markedBy: 'cronjobs',
      cpuMilli: 0,
      memoryBytes: 0,
    });
  });

  it('has every field for a pod that has next to none', () => {
    expect(createPodProjection()({ metadata: {} })).toEqual({
      namespace: '',
      name: '',
      uid: '',
      nodeName: '',
      schedulerName: '',
      phase: '',
      ready: false,
      deleting: false,
      ownerKind: '',
      ownerUid: '',
      createdAt: 0,
      deletionCost: undefined,
      markedBy: undefined,
      cpuMilli: 0,
      memoryBytes: 0,
    });
  });

  it.each([
    ['Ready is False', [{ type: 'Ready', status: 'False' }]],
    ['Ready is Unknown', [{ type: 'Ready', status: 'Unknown' }]],
    ['another condition is True', [{ type: 'Initialized', status: 'True' }]],
    ['the conditions are no list', {}],
  ])('is not ready where %s', (_, conditions) => {
    expect(createPodProjection()({ metadata: {}, status: { conditions } }).ready).toBe(false);
  });

  it('reads requests where that is asked for', () => {
    const project = createPodProjection({ requests: () => ({ cpuMilli: 250, memoryBytes: 1024 }) });
    expect(project(whole)).toMatchObject({ cpuMilli: 250, memoryBytes: 1024 });
  });
});

describe('isSamePod', () => {
  it.each([
    ['a field that is kept', { status: { phase: 'Failed' } }, false],
    ['a field that is not', { status: { ...(whole['status'] as object), podIP: '10.0.0.1' } }, true],
  ])('tells a change of %s', (_, change, same) => {
    const project = createPodProjection();
    expect(isSamePod(project(whole), project({ ...whole, ...change }))).toBe(same);
  });
});
