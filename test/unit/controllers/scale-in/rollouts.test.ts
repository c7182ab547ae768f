import { describe, expect, it } from 'vitest';
import { createRevisions, isRollingOut, toRevision } from '../../../../src/controllers/scale-in/rollouts.js';
import type { KubeObject } from '../../../../src/kube/object.js';

function replicaSet(name: string, revision: string, replicas: number, status = replicas): KubeObject {
  return {
    metadata: {
      name,
      namespace: 'apps',
      uid: `uid-${name}`,
      annotations: { 'deployment.kubernetes.io/revision': revision },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true },
      ],
    },
    spec: { replicas },
    status: { replicas: status },
  };
}

function isRolling(name: string, ...sets: KubeObject[]): boolean {
  const revisions = createRevisions();
  for (const set of sets) {
    const revision = toRevision(set);
    if (revision) revisions.put(revision);
  }
  return isRollingOut(`uid-${name}`, revisions);
}

describe('isRollingOut', () => {
  it('is true of an old revision while a newer one has replicas', () => {
    expect(isRolling('old', replicaSet('old', '3', 5), replicaSet('new', '4', 2))).toBe(true);
  });

  it.each([
    ['the newest revision', 'new', [replicaSet('old', '3', 5), replicaSet('new', '4', 2)]],
    ['an only revision', 'old', [replicaSet('old', '3', 5)]],
    [
      'one whose newer revision was scaled away by a rollback',
      'old',
      [replicaSet('old', '3', 5), replicaSet('new', '4', 0)],
    ],
    ['one that is not known', 'other', [replicaSet('old', '3', 5)]],
  ])('is false of %s', (_, name, sets) => {
    expect(isRolling(name, ...sets)).toBe(false);
  });

  it('compares revisions as numbers', () => {
    expect(isRolling('old', replicaSet('old', '9', 5), replicaSet('new', '10', 2))).toBe(true);
  });

  it('keeps no ReplicaSet without a Deployment', () => {
    expect(toRevision({ metadata: { name: 'alone', namespace: 'apps', uid: 'u' } })).toBeUndefined();
  });
});
