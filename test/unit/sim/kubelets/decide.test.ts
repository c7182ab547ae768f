import { describe, expect, it } from 'vitest';
import {
  createStock,
  phaseAfterProviderFailed,
  rejection,
  sizeOf,
  startDelay,
} from '../../../../src/sim/kubelets/decide.js';
import { amountOf } from '../../../../src/objects/resources.js';
import { pod } from '../../../support/sim-objects.js';

const amount = (cpu: string, memory = '0') => amountOf({ cpu, memory });

describe('rejection (pkg/kubelet/lifecycle/predicate.go)', () => {
  const free = { allocatable: amount('4', '8Gi'), podLimit: 10, used: amount('3', '7Gi'), pods: 9 };

  it.each([
    { name: 'fits exactly', requests: amount('1', '1Gi'), node: free, because: undefined },
    { name: 'one thousandth of a core too much', requests: amount('1001m'), node: free, because: 'OutOfcpu' },
    { name: 'memory', requests: amount('1', '2Gi'), node: free, because: 'OutOfmemory' },
    { name: 'slots', requests: amount('0'), node: { ...free, pods: 10 }, because: 'OutOfpods' },
  ])('$name', ({ requests, node, because }) => {
    expect(rejection(requests, node)).toBe(because);
  });
});

describe('startDelay', () => {
  const times = { coldMs: 50_000, warmMs: 5000, jitter: 0.2 };

  it.each([
    [false, 0.5, 50_000],
    [true, 0.5, 5000],
    [true, 0, 4000],
    [true, 1, 6000],
  ])('warm %s, random %d: %d ms', (warm, random, ms) => {
    expect(startDelay(times, warm, random)).toBe(ms);
  });
});

describe('sizeOf', () => {
  const asking = (cpu: string, memory: string) =>
    pod('a', { spec: { containers: [{ name: 'c', resources: { requests: { cpu, memory } } }] } });

  it.each([
    ['100m', '128Mi', '0.25-0.5Gi'],
    ['1', '1500Mi', '1-2Gi'],
    ['1', '10Gi', '2-16Gi'],
    ['3', '4Gi', '4-8Gi'],
    ['17', '4Gi', undefined],
  ])('%s cores and %s become %s', (cpu, memory, size) => {
    expect(sizeOf(asking(cpu, memory))).toBe(size);
  });
});

describe('createStock', () => {
  it('has no end where none is set', () => {
    expect(createStock().take('zone-a', '1-2Gi')).toBe(true);
  });

  it('runs dry by zone and size, and takes back what is given', () => {
    const stock = createStock();
    stock.set('zone-a', '1-2Gi', 1);
    expect([stock.take('zone-a', '1-2Gi'), stock.take('zone-a', '1-2Gi')]).toEqual([true, false]);
    expect([stock.take('zone-a', '2-4Gi'), stock.take('zone-b', '1-2Gi')]).toEqual([true, true]);
    stock.give('zone-a', '1-2Gi');
    expect(stock.take('zone-a', '1-2Gi')).toBe(true);
  });

  it('a whole zone can run dry', () => {
    const stock = createStock();
    stock.set('zone-a', '*', 0);
    expect(stock.take('zone-a', '1-2Gi')).toBe(false);
    stock.set('zone-a', '*', undefined);
    expect(stock.take('zone-a', '1-2Gi')).toBe(true);
  });
});

describe('phaseAfterProviderFailed (virtual-kubelet node/pod.go)', () => {
  it.each([
    ['Never', 'Failed'],
    ['OnFailure', 'Pending'],
    ['Always', 'Pending'],
  ])('restartPolicy %s: %s', (restartPolicy, phase) => {
    expect(phaseAfterProviderFailed(pod('a', { spec: { restartPolicy } }))).toBe(phase);
  });
});
