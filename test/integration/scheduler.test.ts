import { describe, expect, it } from 'vitest';
import { anywhere, schedulerCluster, type SchedulerCluster } from '../support/scheduler.js';

const counts = (on: SchedulerCluster): readonly number[] => Object.values(on.spread());
const total = (on: SchedulerCluster): number => counts(on).reduce((sum, count) => sum + count, 0);
const boundOnce = (on: SchedulerCluster, pods: number): void => {
  expect(on.binds.size).toBe(pods);
  expect([...on.binds.values()].filter((times) => times !== 1)).toEqual([]);
};

describe('the scheduler', () => {
  it('binds what names it, spread so that the last pod starts soonest', async () => {
    const on = await schedulerCluster();
    for (const name of ['vn-1', 'vn-2', 'vn-3']) await on.addNode(name, { cloud: 'eci' });
    const one = on.start();
    await on.pass(5);
    await on.addPods(300);
    await on.addPods(3, { ...anywhere, schedulerName: 'default-scheduler' }, 'theirs');
    await on.pass(5);
    expect(total(on)).toBe(300);
    expect(Math.max(...counts(on)) - Math.min(...counts(on))).toBeLessThanOrEqual(4);
    expect(one.events).toEqual([]);
  });

  it('spreads over zones, however many nodes each has', async () => {
    const on = await schedulerCluster();
    for (const name of ['a-1', 'a-2', 'a-3']) await on.addNode(name, { cloud: 'eci', zone: 'a' });
    await on.addNode('b-1', { cloud: 'eci', zone: 'b' });
    on.start();
    await on.pass(5);
    await on.addPods(100);
    await on.pass(1);
    const spread = on.spread();
    expect(spread['b-1']).toBeGreaterThanOrEqual(45);
    expect(spread['b-1']).toBeLessThanOrEqual(55);
  });

  it('takes 5,000 pods at once, each bound once', async () => {
    const on = await schedulerCluster();
    for (let i = 0; i < 20; i += 1) await on.addNode(`vn-${i}`, { cloud: 'eci', zone: `z-${i % 3}` });
    on.start();
    await on.pass(5);
    await on.addPods(5000);
    await on.pass(10);
    boundOnce(on, 5000);
  });

  it('binds by priority, then by age', async () => {
    const on = await schedulerCluster();
    await on.addPods(20, anywhere, 'low');
    await on.pass(5);
    const high = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'high' } };
    await on.api.create('priorityclasses.scheduling.k8s.io', { ...high, value: 1000 });
    await on.addPods(20, { ...anywhere, priorityClassName: 'high' }, 'high');
    await on.addNode('vn-1', { cloud: 'eci' });
    const order: string[] = [];
    on.start('one', { inFlight: 1, observer: { bound: ({ name }) => order.push(name) } });
    await on.pass(60);
    // as the API server lists them: all are of the same second
    const names = (prefix: string) => Array.from({ length: 20 }, (_, i) => `${prefix}-${i}`).sort();
    expect(order).toEqual([...names('high'), ...names('low')]);
  });

  it('leaves pods with gates until the last gate is gone, and those that are being deleted', async () => {
    const on = await schedulerCluster();
    await on.addNode('vn-1', { cloud: 'eci' });
    on.start();
    await on.pass(5);
    await on.addPods(1, { ...anywhere, schedulingGates: [{ name: 'example.com/wait' }] }, 'gated');
    await on.pass(30);
    expect(on.spread()).toEqual({});
    await on.api.patch('pods', 'apps', 'gated-0', { spec: { schedulingGates: null } });
    await on.pass(5);
    expect(on.spread()).toEqual({ 'vn-1': 1 });
  });

  it('does not place what it does not understand, and says so', async () => {
    const on = await schedulerCluster();
    await on.addNode('vn-1', { cloud: 'eci' });
    const one = on.start();
    await on.pass(5);
    const topologySpreadConstraints = [
      { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
    ];
    await on.addPods(1, { ...anywhere, topologySpreadConstraints });
    await on.pass(10);
    expect(on.spread()).toEqual({});
    expect(one.unschedulable[0]).toContain('does not place pods with topologySpreadConstraints');
  });

  it('counts no pods any more when it has stopped', async () => {
    const on = await schedulerCluster();
    const counts: object[] = [];
    const one = on.start('one', { observer: { queue: (now) => counts.push(now) } });
    await on.pass(5);
    await on.addPods(3);
    await on.pass(20);
    expect(counts.at(-1)).toEqual({ ready: 0, binding: 0, waiting: 3 });
    await one.stop();
    expect(counts.at(-1)).toEqual({ ready: 0, binding: 0, waiting: 0 });
  });

  it('says what keeps a pod from every node, and places it when that changes', async () => {
    const on = await schedulerCluster();
    await on.addNode('vn-1', { cloud: 'eci' });
    await on.addNode('w-1', { cpu: '4' });
    const one = on.start();
    await on.pass(5);
    await on.addPods(1, { nodeSelector: { disk: 'fast' }, tolerations: [{ operator: 'Exists' }] });
    await on.pass(10);
    expect(one.unschedulable[0]).toBe(
      "pod-0: 0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
    );
    await on.addNode('vn-2', { cloud: 'eci', labels: { disk: 'fast' } });
    await on.pass(10);
    expect(on.spread()).toEqual({ 'vn-2': 1 });
  });
});

describe('ordinary nodes', () => {
  const pool = { labels: { 'tidegate.io/fallback': 'enabled' }, cpu: '10' };

  it('are used only where no virtual node takes a pod, only of the pool, with headroom kept', async () => {
    const on = await schedulerCluster();
    await on.addNode('vn-1', { cloud: 'eci', pods: '5' });
    await on.addNode('w-pool', pool);
    await on.addNode('w-other', { cpu: '10' });
    const one = on.start();
    await on.pass(5);
    await on.addPods(20);
    await on.pass(60);
    expect(on.spread()).toMatchObject({ 'vn-1': 5, 'w-pool': 9 });
    expect(on.spread()['w-other']).toBeUndefined();
    expect(one.unschedulable.at(-1)).toMatch(/Insufficient cpu.*Too many pods/);
  });

  it('lose races against another scheduler without losing a pod, and get more headroom', async () => {
    const on = await schedulerCluster();
    await on.addNode('w-1', { ...pool, cpu: '20' });
    await on.addNode('w-2', { ...pool, cpu: '20' });
    const one = on.start('one', { headroom: 0 });
    await on.pass(5);
    // somebody else binds in the same moment; our watch shows it too late
    let rivals = 0;
    on.door.watch('pods', ({ type, object }) => {
      if (type !== 'ADDED' || !object.metadata.name.startsWith('job') || rivals >= 8) return;
      rivals += 1;
      const metadata = { name: `rival-${rivals}`, namespace: 'apps' };
      const resources = { requests: { cpu: '4', memory: '1Gi' } };
      const spec = {
        nodeName: `w-${(rivals % 2) + 1}`,
        containers: [{ name: 'main', image: 'x', resources }],
      };
      on.door.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    });
    await on.addJobs(10, undefined, { nodeSelector: { 'tidegate.io/fallback': 'enabled' } });
    await on.pass(600);
    const jobs = on.door.all('jobs.batch');
    expect(jobs.map(({ status }) => status?.failed ?? 0).every((failed) => failed === 0)).toBe(true);
    expect(one.events.filter((event) => event.startsWith('refused') && !event.includes('OutOf'))).toEqual([]);
  });
});
