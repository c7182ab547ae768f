import { describe, expect, it } from 'vitest';
import { fenceposts, nextSizes, toCleanUp } from '../../../../../src/sim/controllers/deployment/decide.js';
import { deployment, replicaSet } from '../../../../support/sim-objects.js';

const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } },
});

describe('fenceposts', () => {
  it.each([
    {
      name: 'surge up, unavailable down',
      replicas: 10,
      spec: rolling('25%', '25%'),
      surge: 3,
      unavailable: 2,
    },
    { name: '25 % is the default', replicas: 10, spec: {}, surge: 3, unavailable: 2 },
    { name: 'both 0: one may be missing', replicas: 3, spec: rolling(0, '25%'), surge: 0, unavailable: 1 },
    { name: 'never more missing than there are', replicas: 2, spec: rolling(1, 5), surge: 1, unavailable: 2 },
    { name: 'no replicas', replicas: 0, spec: rolling('25%', 1), surge: 0, unavailable: 0 },
  ])('$name', ({ replicas, spec, surge, unavailable }) => {
    expect(fenceposts(deployment(replicas, spec))).toEqual({ surge, unavailable });
  });
});

describe('nextSizes of a rolling update', () => {
  it('first grows the new ReplicaSet by the surge', () => {
    const old = [replicaSet('old', { replicas: 10, age: 500 })];
    expect(nextSizes(deployment(10), replicaSet('new', { replicas: 0 }), old)).toEqual([
      { name: 'new', replicas: 3 },
    ]);
  });

  it('then shrinks the old one by what may be missing', () => {
    const old = [replicaSet('old', { replicas: 10, age: 500 })];
    const current = replicaSet('new', { replicas: 3, available: 0 });
    expect(nextSizes(deployment(10), current, old)).toEqual([{ name: 'old', replicas: 8 }]);
  });

  it('does nothing while new pods are not available', () => {
    const old = [replicaSet('old', { replicas: 8, age: 500 })];
    expect(nextSizes(deployment(10), replicaSet('new', { replicas: 5, available: 0 }), old)).toEqual([]);
  });

  it('takes old pods that are not available first, the oldest ReplicaSet first', () => {
    const old = [
      replicaSet('older', { replicas: 4, available: 4, age: 900 }),
      replicaSet('newer', { replicas: 4, available: 1, age: 500 }),
    ];
    expect(nextSizes(deployment(8, rolling(0, 1)), replicaSet('new', { replicas: 0 }), old)).toEqual([
      { name: 'newer', replicas: 3 },
    ]);
  });

  it('ends when the new one has them all', () => {
    const old = [replicaSet('old', { replicas: 0, age: 500 })];
    expect(nextSizes(deployment(10), replicaSet('new', { replicas: 10 }), old)).toEqual([]);
  });
});

describe('nextSizes where the Deployment was scaled', () => {
  it('gives the only ReplicaSet with pods the new size', () => {
    const current = replicaSet('only', { replicas: 10, desired: 10, max: 13 });
    expect(nextSizes(deployment(4), current, [])).toEqual([{ name: 'only', replicas: 4 }]);
  });

  it('in the middle of a rollout shares the change by size (sync.go scale)', () => {
    const old = [replicaSet('old', { replicas: 8, desired: 10, max: 13, age: 500 })];
    const current = replicaSet('new', { replicas: 5, available: 2, desired: 10, max: 13 });
    expect(nextSizes(deployment(20), current, old)).toEqual([
      { name: 'old', replicas: 15 },
      { name: 'new', replicas: 10 },
    ]);
  });

  it('takes all away at 0', () => {
    const old = [replicaSet('old', { replicas: 8, desired: 10, max: 13, age: 500 })];
    const current = replicaSet('new', { replicas: 5, available: 2, desired: 10, max: 13 });
    expect(nextSizes(deployment(0), current, old)).toEqual([
      { name: 'old', replicas: 0 },
      { name: 'new', replicas: 0 },
    ]);
  });
});

describe('nextSizes of Recreate', () => {
  const recreate = deployment(3, { strategy: { type: 'Recreate' } });

  it('ends the old pods, waits for the last, then makes the new', () => {
    const current = replicaSet('new', { replicas: 0 });
    const old = replicaSet('old', { replicas: 3 });
    expect(nextSizes(recreate, current, [old])).toEqual([{ name: 'old', replicas: 0 }]);
    const empty = replicaSet('old', { replicas: 0 });
    expect(nextSizes(recreate, current, [empty], 1)).toEqual([]);
    expect(nextSizes(recreate, current, [empty], 0)).toEqual([{ name: 'new', replicas: 3 }]);
  });
});

describe('toCleanUp', () => {
  it('keeps revisionHistoryLimit old ReplicaSets and any with pods', () => {
    const old = [
      replicaSet('c', { replicas: 0, age: 100 }),
      replicaSet('a', { replicas: 0, age: 300 }),
      replicaSet('b', { replicas: 1, age: 200 }),
    ];
    const names = toCleanUp(deployment(1, { revisionHistoryLimit: 1 }), old).map(
      ({ metadata }) => metadata.name,
    );
    expect(names).toEqual(['a']);
    expect(toCleanUp(deployment(1), old)).toEqual([]);
  });
});
