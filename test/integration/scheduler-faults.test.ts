import { describe, expect, it, vi } from 'vitest';
import { schedulerCluster, type RunningScheduler, type SchedulerCluster } from '../support/scheduler.js';

async function tenNodes(seed = 1): Promise<SchedulerCluster> {
  const on = await schedulerCluster(seed);
  for (let i = 0; i < 10; i += 1) await on.addNode(`vn-${i}`, { cloud: 'eci', zone: `z-${i % 2}` });
  return on;
}

const boundOnce = (on: SchedulerCluster, pods: number): void => {
  expect(on.pods().filter(({ spec }) => spec.nodeName === undefined)).toEqual([]);
  expect(on.binds.size).toBe(pods);
  expect([...on.binds.values()].filter((times) => times !== 1)).toEqual([]);
};

describe('the scheduler goes on when', () => {
  it('watches are cut and forgotten in the middle of a burst', async () => {
    const on = await tenNodes();
    const one = on.start();
    await on.pass(5);
    for (let i = 0; i < 10; i += 1) {
      await on.addPods(100, undefined, `burst-${i}`);
      one.client.interrupt(i % 2 === 0 ? 'cut' : 'expire');
      await on.pass(0.2);
    }
    await on.pass(60);
    boundOnce(on, 1000);
  });

  it('the API server cannot be reached for a while', async () => {
    const on = await tenNodes();
    const one = on.start();
    await on.pass(5);
    await on.addPods(500);
    one.client.setReachable(false);
    await on.pass(8);
    one.client.setReachable(true);
    await on.pass(60);
    boundOnce(on, 500);
  });

  it('somebody else binds, deletes, gates or replaces a pod that it is binding', async () => {
    const on = await tenNodes();
    const done = new Set<string>();
    const one = on.start('one', {
      onWrite: async (verb, resource, key) => {
        const name = key.slice(key.indexOf('/') + 1);
        if (verb !== 'create' || resource !== 'pods' || done.has(name)) return;
        done.add(name);
        const number = Number(name.slice(name.indexOf('-') + 1));
        if (number % 5 === 1) await on.api.bind('apps', name, 'vn-9');
        if (number % 5 === 2) await on.api.remove('pods', 'apps', name);
        if (number % 5 === 3) {
          await on.api.remove('pods', 'apps', name);
          const spec = { schedulerName: 'tidegate-scheduler', containers: [{ name: 'c', image: 'x' }] };
          const tolerations = [{ operator: 'Exists' }];
          const metadata = { name, namespace: 'apps' };
          const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, tolerations } };
          await on.api.create('pods', pod);
        }
      },
    });
    await on.pass(5);
    await on.addPods(100);
    await on.pass(60);
    const left = on.pods();
    expect(left).toHaveLength(80);
    expect(left.filter(({ spec }) => spec.nodeName === undefined)).toEqual([]);
    expect([...on.binds.values()].filter((times) => times !== 1)).toEqual([]);
    const kinds = one.events.map((event) => event.replace(/: .*/, ''));
    expect(kinds.filter((kind) => kind === 'not bound, elsewhere')).toHaveLength(20);
    expect(kinds.filter((kind) => kind === 'not bound, gone')).toHaveLength(40);
  });

  it('a node is deleted while pods are being bound to it', async () => {
    const on = await tenNodes();
    on.start();
    await on.pass(5);
    await on.addJobs(100);
    const removal = on.api.remove('nodes', '', 'vn-3');
    await on.pass(0.05);
    await removal;
    await on.pass(300);
    const jobs = on.door.all('jobs.batch');
    expect(jobs.filter(({ status }) => (status?.failed ?? 0) > 0)).toEqual([]);
    expect(jobs.filter(({ status }) => status?.succeeded !== 1)).toEqual([]);
  });

  it('the lease is lost in the middle of a burst: the other takes over, and nothing is bound twice', async () => {
    const on = await tenNodes();
    const one = on.start('one');
    await on.pass(5);
    const two = on.start('two');
    await on.pass(5);
    expect([one.runner.isLeader, two.runner.isLeader]).toEqual([true, false]);
    await on.addPods(1000);
    await on.pass(0.02);
    one.client.setReachable(false);
    await on.pass(60);
    expect([one.runner.isLeader, two.runner.isLeader]).toEqual([false, true]);
    boundOnce(on, 1000);
    one.client.setReachable(true);
    await on.addPods(100, undefined, 'after');
    await on.pass(30);
    boundOnce(on, 1100);
  });

  it('its process dies ten times during 5,000 pods', { timeout: 240_000 }, async () => {
    const on = await tenNodes(7);
    let current: RunningScheduler = on.start('s-0');
    await on.pass(5);
    for (let i = 1; i <= 10; i += 1) {
      await on.addPods(500, undefined, `wave-${i}`);
      await on.pass(0.01);
      current.kill();
      current = on.start(`s-${i}`);
      await on.pass(20);
    }
    await on.pass(60);
    boundOnce(on, 5000);
  });
});

describe('a stock-out', () => {
  const clouds = async (): Promise<SchedulerCluster> => {
    const on = await schedulerCluster();
    for (let i = 0; i < 4; i += 1) await on.addNode(`eci-${i}`, { cloud: 'eci' });
    for (let i = 0; i < 4; i += 1) await on.addNode(`tke-${i}`, { cloud: 'tke' });
    return on;
  };
  const outcome = (on: SchedulerCluster) => {
    const jobs = on.door.all('jobs.batch');
    return {
      jobs: jobs.length,
      succeeded: jobs.filter(({ status }) => status?.succeeded === 1).length,
      spent: jobs.filter(({ status }) => (status?.failed ?? 0) > 0).length,
    };
  };

  it('of one of two providers in the middle of a burst costs no Job of backoffLimit 0 anything', async () => {
    const on = await clouds();
    const one = on.start();
    await on.pass(5);
    on.stock.eci.set('a', '*', 100);
    await on.addJobs(600);
    await on.pass(900);
    expect(outcome(on)).toEqual({ jobs: 600, succeeded: 600, spent: 0 });
    const refused = one.events.filter((event) => event.startsWith('refused'));
    expect(refused.length).toBeGreaterThan(0);
    // the breakers keep the rest of the burst away
    expect(refused.length).toBeLessThan(100);
    expect(one.breakers.some(({ scope, state }) => scope === 'zone' && state === 'open')).toBe(true);
  });

  it('of every provider brings pods to ordinary nodes, and back when there is stock again', async () => {
    const on = await clouds();
    await on.addNode('w-1', { cpu: '1000', labels: { 'tidegate.io/fallback': 'enabled' } });
    on.start();
    await on.pass(5);
    on.stock.eci.set('a', '*', 0);
    on.stock.tke.set('a', '*', 0);
    await on.addJobs(100);
    await on.pass(200);
    expect(outcome(on)).toEqual({ jobs: 100, succeeded: 100, spent: 0 });
    on.stock.eci.set('a', '*', undefined);
    on.stock.tke.set('a', '*', undefined);
    await on.pass(900);
    await on.addJobs(5, undefined, undefined, 'probe');
    await on.pass(60);
    await on.addJobs(100, undefined, undefined, 'later');
    await on.pass(300);
    const later = on.pods().filter(({ metadata }) => metadata.name.startsWith('later'));
    expect(later.filter(({ spec }) => spec.nodeName === 'w-1')).toEqual([]);
    expect(outcome(on)).toEqual({ jobs: 205, succeeded: 205, spent: 0 });
  });

  it('of every provider, with nowhere else to go, leaves pods waiting with a reason', async () => {
    const on = await clouds();
    const one = on.start();
    await on.pass(5);
    on.stock.eci.set('a', '*', 0);
    on.stock.tke.set('a', '*', 0);
    await on.addJobs(50);
    await on.pass(300);
    expect(outcome(on)).toMatchObject({ jobs: 50, succeeded: 0, spent: 0 });
    expect(one.unschedulable.at(-1)).toMatch(/were not tried: the breaker of \w+ \S+ is/);
    on.stock.eci.set('a', '*', undefined);
    await on.pass(1200);
    expect(outcome(on)).toMatchObject({ succeeded: 50, spent: 0 });
  });

  it('leaves pods with restartPolicy OnFailure where they are, and says why', async () => {
    const on = await clouds();
    const one = on.start();
    await on.pass(5);
    on.stock.eci.set('a', '*', 0);
    await on.addJobs(
      20,
      {},
      {
        restartPolicy: 'OnFailure',
        nodeSelector: { type: 'virtual-kubelet' },
        tolerations: [{ operator: 'Exists' }],
      },
      'onfailure',
    );
    await on.pass(200);
    expect(outcome(on)).toMatchObject({ spent: 0 });
    expect(on.pods().filter(({ metadata }) => metadata.deletionTimestamp !== undefined)).toEqual([]);
    expect(one.events.filter((event) => event.startsWith('rescued'))).toEqual([]);
  });
});

describe('a virtual node that says nothing', () => {
  it('loses its pods to others after a minute, for nothing', async () => {
    const on = await schedulerCluster();
    await on.addNode('mute', { cloud: 'eci', mute: true });
    const one = on.start();
    await on.pass(5);
    await on.addJobs(5);
    await on.pass(10);
    await on.addNode('vn-1', { cloud: 'eci' });
    await on.pass(40);
    expect(on.spread()).toMatchObject({ mute: 5 });
    await on.pass(120);
    expect(one.events.filter((event) => event.startsWith('rescued'))).toHaveLength(5);
    const jobs = on.door.all('jobs.batch');
    expect(jobs.map(({ status }) => [status?.succeeded, status?.failed ?? 0])).toEqual(Array(5).fill([1, 0]));
    expect(
      one.breakers.some(({ scope, name, state }) => scope === 'node' && name === 'mute' && state === 'open'),
    ).toBe(true);
  });

  it('keeps pods whose Job would count a replacement, with a reason', async () => {
    const on = await schedulerCluster();
    await on.addNode('mute', { cloud: 'eci', mute: true });
    const one = on.start();
    await on.pass(5);
    await on.addJobs(1, {}, undefined, 'counting');
    await on.addJobs(
      1,
      {},
      { restartPolicy: 'OnFailure', tolerations: [{ operator: 'Exists' }] },
      'onfailure',
    );
    await on.addPods(1, undefined, 'bare');
    await on.pass(10);
    await on.addNode('vn-1', { cloud: 'eci' });
    await on.pass(120);
    const stays = new Set(
      one.events.filter((event) => event.startsWith('stays')).map((event) => event.split(' ').at(-1)),
    );
    expect([...stays].sort()).toEqual(['no-owner', 'restarts-in-place', 'would-count']);
    expect(on.spread()).toEqual({ mute: 3 });
  });

  it('is told of, and each Job asked, once in ten minutes', async () => {
    const on = await schedulerCluster();
    await on.addNode('mute', { cloud: 'eci', mute: true });
    await on.addNode('vn-1', { cloud: 'tke', taints: [{ key: 'late', effect: 'NoSchedule' }] });
    const one = on.start();
    const reads = vi.spyOn(one.client, 'get');
    await on.pass(5);
    await on.addJobs(1, {});
    const told: unknown[] = [];
    for (const why of ['nowhere-to-go', 'would-count', 'would-count']) {
      await on.pass(300);
      told.push(expect.stringMatching(new RegExp(`^stays job-0-\\w+ ${why}$`)));
      expect(one.events).toEqual(told);
      await on.api.patch('nodes', '', 'vn-1', { spec: { taints: [] } });
      if (told.length === 2) await on.pass(310);
    }
    expect(reads.mock.calls.filter(([{ plural }]) => plural === 'jobs')).toHaveLength(2);
  });

  it.each(['before', 'after'])('loses its pods to others where it is seen %s its pods', async (when) => {
    const on = await schedulerCluster();
    await on.addNode('mute', { cloud: 'eci', mute: true });
    const first = on.start();
    await on.pass(5);
    await on.addJobs(5);
    await on.pass(50);
    first.kill();
    await on.addNode('vn-1', { cloud: 'eci' });
    const slowLists = { [when === 'before' ? 'pods' : 'nodes']: 3000 };
    const second = on.start('two', { slowLists });
    await on.pass(45);
    expect(second.events.filter((event) => event.startsWith('rescued'))).toHaveLength(5);
    await on.pass(100);
    expect(on.door.all('jobs.batch').map(({ status }) => status?.succeeded)).toEqual(Array(5).fill(1));
  });

  it('keeps its pods for a minute by the clock of whoever sees them bound', async () => {
    const on = await schedulerCluster();
    await on.addNode('mute', { cloud: 'eci', mute: true });
    const one = on.start();
    const two = on.start('two', { aheadMs: 120_000 });
    await on.pass(5);
    await on.addJobs(5);
    await on.pass(5);
    await on.addNode('vn-1', { cloud: 'eci' });
    one.kill();
    await on.pass(45);
    expect(two.events).toEqual([]);
    await on.pass(120);
    expect(two.events.filter((event) => event.startsWith('rescued'))).toHaveLength(5);
  });

  it('loses no more pods than there is room for elsewhere', async () => {
    const on = await schedulerCluster();
    await on.addNode('mute', { cloud: 'eci', mute: true });
    const one = on.start();
    await on.pass(5);
    await on.addJobs(40);
    await on.pass(10);
    await on.addNode('small', { cloud: 'tke', pods: '2' });
    await on.pass(66);
    expect(one.events.filter((event) => event.startsWith('rescued'))).toHaveLength(2);
  });

  it('lets one pod at a time try a provider that may be back', async () => {
    const on = await schedulerCluster();
    for (const name of ['out-1', 'out-2']) await on.addNode(name, { cloud: 'tke' });
    on.stock.tke.set('a', '*', 0);
    const one = on.start();
    await on.pass(5);
    await on.addPods(20, undefined, 'first');
    await on.pass(5);
    expect(one.breakers.at(-1)).toMatchObject({ scope: 'provider', state: 'open' });
    for (let i = 0; i < 20; i += 1) await on.api.remove('pods', 'apps', `first-${i}`);
    await on.addNode('mute', { cloud: 'eci', mute: true });
    await on.addJobs(40);
    await on.pass(180);
    const rescued = one.events.filter((event) => event.startsWith('rescued'));
    expect(rescued.length).toBeGreaterThan(0);
    expect(rescued.length).toBeLessThan(6);
  });
});
