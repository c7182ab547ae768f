import { describe, expect, it } from 'vitest';
import {
  compareForDeletion,
  deletionCost,
  podsToDelete,
  slowStartBatches,
} from '../../../../../src/sim/controllers/replicaset/decide.js';
import { now, pod } from '../../../../support/sim-objects.js';

const order = (ranks = { rankA: 1, rankB: 1 }) => ({ ...ranks, now });

describe('the eight steps of ActivePodsWithRanks (pkg/controller/controller_utils.go): a goes before b', () => {
  it.each([
    {
      step: '1. "If only one of the pods is assigned to a node, the pod that is not assigned comes before"',
      a: pod('a', { node: '', phase: 'Pending', cost: '100' }),
      b: pod('b', { phase: 'Pending', cost: '-100' }),
    },
    {
      step: '2. "a pending pod comes before a pod whose phase is unknown"',
      a: pod('a', { phase: 'Pending', cost: '100' }),
      b: pod('b', { phase: 'Unknown', cost: '-100' }),
    },
    {
      step: '2. "a pod whose phase is unknown comes before a running pod"',
      a: pod('a', { phase: 'Unknown', cost: '100' }),
      b: pod('b', { phase: 'Running', ready: false, cost: '-100' }),
    },
    {
      step: '3. "the pod that is not ready comes before the ready pod"',
      a: pod('a', { ready: false, cost: '100' }),
      b: pod('b', { cost: '-100' }),
    },
    {
      step: '4. "the pod with the lower value will come first"',
      a: pod('a', { cost: '-100', readyFor: 9000 }),
      b: pod('b', { readyFor: 1 }),
    },
    {
      step: '6. "the pod that has been ready for a shorter amount of time comes before"',
      a: pod('a', { readyFor: 100 }),
      b: pod('b', { readyFor: 1000, restarts: 9 }),
    },
    {
      step: '7. "the pod with the container with more restarts comes before the other pod"',
      a: pod('a', { restarts: 2, age: 9000 }),
      b: pod('b', { restarts: 1, age: 60 }),
    },
    {
      step: '8. "the pod that was created more recently comes before the older pod"',
      a: pod('a', { age: 100 }),
      b: pod('b', { age: 1000 }),
    },
  ])('$step', ({ a, b }) => {
    expect(compareForDeletion(a, b, order())).toBeLessThan(0);
    expect(compareForDeletion(b, a, order())).toBeGreaterThan(0);
  });

  it('5. "the pod with greater rank comes before the pod with lower rank"', () => {
    const [a, b] = [pod('a', { readyFor: 9000 }), pod('b', { readyFor: 10 })];
    expect(compareForDeletion(a, b, order({ rankA: 3, rankB: 2 }))).toBeLessThan(0);
    expect(compareForDeletion(a, b, order({ rankA: 2, rankB: 3 }))).toBeGreaterThan(0);
  });

  it.each([
    {
      name: 'ready for 600 and for 1000 s: one bucket of log2, so the UID decides',
      a: 600,
      b: 1000,
      first: 'a',
    },
    { name: 'the same the other way round: the older pod goes first', a: 1000, b: 600, first: 'a' },
    { name: 'ready for 500 and for 600 s: two buckets (2^39 ns is 549.8 s)', a: 600, b: 500, first: 'b' },
  ])('"times are compared in a logarithmic scale": $name', ({ a, b, first }) => {
    const found = compareForDeletion(pod('a', { readyFor: a }), pod('b', { readyFor: b }), order());
    expect(found < 0 ? 'a' : 'b').toBe(first);
  });

  it('counts sidecar restarts only where the other restarts are equal', () => {
    const sidecar = (name: string, restartCount: number, restarts = 0) =>
      pod(name, {
        restarts,
        spec: { nodeName: 'node-1', initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
        status: {
          phase: 'Running',
          conditions: pod('x').status?.conditions ?? [],
          containerStatuses: [{ name: 'main', restartCount: restarts }],
          initContainerStatuses: [{ name: 'proxy', restartCount }],
        },
      });
    expect(compareForDeletion(sidecar('a', 5), sidecar('b', 1), order())).toBeLessThan(0);
    expect(compareForDeletion(sidecar('a', 5), sidecar('b', 1, 1), order())).toBeGreaterThan(0);
  });
});

describe('deletionCost', () => {
  it.each([
    ['-100', -100],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
    ['2147483648', 0],
    ['-2147483649', 0],
    ['+5', 0],
    ['007', 0],
    ['1.5', 0],
    ['', 0],
    [' 1', 0],
  ])('reads %j as %d', (text, cost) => {
    expect(deletionCost({ 'controller.kubernetes.io/pod-deletion-cost': text })).toBe(cost);
  });

  it('is 0 without the annotation', () => {
    expect(deletionCost({})).toBe(0);
    expect(deletionCost(undefined)).toBe(0);
  });
});

describe('podsToDelete', () => {
  const names = (pods: readonly { metadata: { name: string } }[]) =>
    pods.map(({ metadata }) => metadata.name);

  it('trap A: takes a starting ordinary pod before a healthy one with cost -100', () => {
    const pods = [pod('virtual', { cost: '-100' }), pod('real', { phase: 'Pending' }), pod('other')];
    expect(names(podsToDelete(pods, pods, 1, now))).toEqual(['real']);
  });

  it('trap B: without a cost, one big virtual node loses by co-location alone', () => {
    const pods = [pod('a', { node: 'virtual' }), pod('b', { node: 'virtual' }), pod('c', { node: 'real' })];
    expect(names(podsToDelete(pods, pods, 1, now))).toEqual(['a']);
  });

  it('counts the active pods of the owner’s other ReplicaSets for co-location, and only those', () => {
    const pods = [pod('a', { node: 'one' }), pod('b', { node: 'two' })];
    const old = pod('old', { node: 'two' });
    expect(names(podsToDelete(pods, [...pods, old], 1, now))).toEqual(['b']);
    const leaving = pod('old', { node: 'two', deleting: true });
    expect(names(podsToDelete(pods, [...pods, leaving], 1, now))).toEqual(['a']);
  });

  it('sorts nothing where all go', () => {
    const pods = [pod('b'), pod('a', { phase: 'Pending' })];
    expect(names(podsToDelete(pods, pods, 2, now))).toEqual(['b', 'a']);
  });
});

describe('slowStartBatches', () => {
  it.each([
    [0, []],
    [1, [1]],
    [10, [1, 2, 4, 3]],
    [500, [1, 2, 4, 8, 16, 32, 64, 128, 245]],
  ])('makes %d pods in batches of %j', (count, batches) => {
    expect(slowStartBatches(count)).toEqual(batches);
  });
});
