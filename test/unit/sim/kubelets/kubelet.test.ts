import { describe, expect, it } from 'vitest';
import { createStock } from '../../../../src/sim/kubelets/decide.js';
import { startKubelet, virtualKubeletAcceptance } from '../../../../src/sim/kubelets/kubelet.js';
import type { KubeletDeps } from '../../../../src/sim/kubelets/kubelet.js';
import type { Pod } from '../../../../src/sim/controllers/objects.js';
import { life, midnight, plainNode, plainPod } from '../../../support/life.js';

const times = { coldMs: 20_000, warmMs: 5000, jitter: 0 };

function virtual(fields: Partial<KubeletDeps> = {}) {
  const bench = life();
  const stock = createStock();
  const accepted: number[] = [];
  bench.door.create('nodes', plainNode('node'));
  startKubelet({
    ...bench,
    node: 'node',
    times,
    cloud: {
      zone: 'zone-a',
      stock,
      acceptance: virtualKubeletAcceptance,
      images: new Set(),
      outOfStock: { type: 'ContainerInstanceCreated', reason: 'NoStock' },
    },
    onAccepted: () => accepted.push(bench.clock.now() - midnight),
    ...fields,
  });
  const bind = (name: string, spec = {}): void => {
    const pod = bench.door.create('pods', plainPod(name, spec));
    if (pod !== undefined) bench.door.bind(pod, 'node');
  };
  const get = (name: string): Pod | undefined => bench.door.get('pods', 'apps', name);
  return { ...bench, stock, accepted, bind, get };
}

describe('a virtual kubelet', () => {
  it('takes 100 pods at once, then ten a second (virtual-kubelet internal/queue)', async () => {
    const { accepted, bind, pass } = virtual();
    for (let i = 0; i < 150; i += 1) bind(`pod-${i}`);
    await pass(60);
    expect([accepted.length, accepted[99], accepted[100], accepted[149]]).toEqual([150, 0, 100, 5000]);
  });

  it('pulls an image once, then starts from the cache', async () => {
    const { bind, get, pass } = virtual();
    bind('first');
    await pass(20);
    expect(get('first')?.status?.phase).toBe('Running');
    bind('second');
    await pass(4.9);
    expect(get('second')?.status?.phase).toBe('Pending');
    await pass(0.1);
    expect(get('second')?.status?.phase).toBe('Running');
  });

  it('fails a pod that never restarts, where its cloud has no stock', async () => {
    const { bind, get, pass, stock } = virtual();
    stock.set('zone-a', '1-1Gi', 0);
    stock.set('zone-a', '1-2Gi', 0);
    bind('pod', { restartPolicy: 'Never' });
    await pass(1);
    expect(get('pod')?.status).toMatchObject({ phase: 'Failed', reason: 'ProviderFailed' });
    const condition = get('pod')?.status?.conditions?.find(({ type }) => type === 'ContainerInstanceCreated');
    expect(condition).toMatchObject({ status: 'False', reason: 'NoStock' });
  });

  it('keeps trying with another restartPolicy, and starts the pod when there is stock again', async () => {
    const { bind, get, pass, stock } = virtual();
    stock.set('zone-a', '*', 0);
    bind('pod', { restartPolicy: 'OnFailure' });
    await pass(60);
    expect(get('pod')?.status).toMatchObject({ phase: 'Pending', reason: 'ProviderFailed' });
    stock.set('zone-a', '*', undefined);
    await pass(120);
    expect(get('pod')?.status?.phase).toBe('Running');
  });

  it('checks no room: that is its cloud’s business', async () => {
    const { bind, get, pass } = virtual();
    for (let i = 0; i < 10; i += 1) bind(`pod-${i}`);
    await pass(30);
    expect(get('pod-9')?.status?.phase).toBe('Running');
  });
});

describe('an ordinary kubelet', () => {
  const ordinary = () => {
    const bench = life();
    bench.door.create('nodes', plainNode('node', '4'));
    startKubelet({ ...bench, node: 'node', times });
    return bench;
  };

  it('turns away what two schedulers gave the same slot: phase Failed, reason OutOfcpu, no DisruptionTarget', async () => {
    const { door, pass } = ordinary();
    for (let i = 0; i < 5; i += 1) {
      const pod = door.create('pods', plainPod(`pod-${i}`));
      if (pod !== undefined) door.bind(pod, 'node');
    }
    await pass(1);
    const failed = door.all('pods').filter(({ status }) => status?.phase === 'Failed');
    expect(failed.map(({ status }) => status?.reason)).toEqual(['OutOfcpu']);
    expect(failed[0]?.status?.conditions?.some(({ type }) => type === 'DisruptionTarget')).toBe(false);
  });

  it('ends a pod within its grace, and only then is it gone', async () => {
    const { door, pass } = ordinary();
    const pod = door.create('pods', plainPod('pod'));
    if (pod === undefined) throw new Error('no pod');
    door.bind(pod, 'node');
    await pass(30);
    door.remove('pods', pod);
    expect(door.get('pods', 'apps', 'pod')?.metadata.deletionTimestamp).toBe('2026-03-01T00:01:00Z');
    await pass(2);
    expect(door.get('pods', 'apps', 'pod')).toBeUndefined();
  });
});
