import { describe, expect, it } from 'vitest';
import { resources } from '../../src/kube/resource.js';
import type { Snapshot } from '../../src/placement/snapshot.js';
import { systemClock } from '../../src/telemetry/clock.js';
import { policy } from '../support/policy.js';
import { scaleInCluster, startController, startMarking } from '../support/scale-in.js';
import { snapshot } from '../support/snapshot.js';

const placement = { type: 'PreferVirtual', providers: [{ name: 'alibaba-eci' }] };
const marking = snapshot([policy('p', { placement })]);
const ours = ['-100', 'p:-100'];
const none = [undefined, undefined];

const names = (count: number, prefix = 'pod') => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

/** Asks again until the answer fits; 10 s at most. */
async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await systemClock.sleep(50);
  }
  throw new Error(`not within 10 s: ${JSON.stringify(await ask())}`);
}

describe('the mark', () => {
  it('is on every pod in the first event that shows its node, without a patch', async () => {
    const cluster = await scaleInCluster();
    await startMarking(cluster, () => marking);
    const pods = names(200);
    await cluster.createPods(pods);
    const end = new AbortController();
    const first = new Map<string, string | undefined>();
    const watching = (async () => {
      const watch = cluster.client.watch(resources.pods, { namespace: 'apps' }, { signal: end.signal });
      try {
        for await (const { object } of watch) {
          const { name = '', annotations = {} } = object.metadata;
          const bound = (object as unknown as { spec: { nodeName?: string } }).spec.nodeName !== undefined;
          if (bound && !first.has(name))
            first.set(name, annotations['controller.kubernetes.io/pod-deletion-cost']);
          if (first.size === pods.length) return;
        }
      } catch (error) {
        if (!end.signal.aborted) throw error;
      }
    })();
    await Promise.all(
      pods.map((pod, i) =>
        cluster.bind(pod, `${i % 2 === 0 ? 'vn' : 'w'}-${(i % 4 < 2 ? 1 : 2).toString()}`),
      ),
    );
    await watching;
    end.abort();

    const values = pods.map((pod) => first.get(pod));
    expect(values).toEqual(pods.map((_, i) => (i % 2 === 0 ? '-100' : undefined)));
    expect(cluster.podPatches()).toBe(0);
  });

  it("leaves a user's own value as it is, at the bind and afterwards", async () => {
    const cluster = await scaleInCluster();
    await startMarking(cluster, () => marking);
    await cluster.createPods(['own'], { 'controller.kubernetes.io/pod-deletion-cost': '7' });
    await cluster.createPods(['other']);
    const controller = startController(cluster, () => marking);
    await cluster.bind('own', 'vn-1');
    await cluster.bind('other', 'vn-1');
    await eventually(
      () => Promise.resolve(controller.runner),
      ({ isLeader, hasSynced }) => isLeader && hasSynced,
    );
    expect(await cluster.marks()).toEqual({ own: ['7', undefined], other: ours });
    expect(cluster.podPatches()).toBe(0);
  });
});

describe('the controller', () => {
  it('repairs by one write a pod what was bound while the webhook was away', async () => {
    const cluster = await scaleInCluster();
    const remove = await startMarking(cluster, () => marking);
    await remove();
    const pods = names(30);
    await cluster.createPods(pods);
    await Promise.all(pods.map((pod, i) => cluster.bind(pod, i % 3 === 0 ? 'w-1' : 'vn-1')));
    startController(cluster, () => marking);
    const marks = await eventually(
      () => cluster.marks(),
      (all) => Object.values(all).filter(([value]) => value === '-100').length === 20,
    );
    expect(pods.map((pod) => marks[pod])).toEqual(pods.map((_, i) => (i % 3 === 0 ? none : ours)));
    expect(cluster.podPatches()).toBe(20);
  });

  it('follows the policy: changes its mark with it, and takes it back without it', async () => {
    const cluster = await scaleInCluster();
    let serving: Snapshot = marking;
    const controller = startController(cluster, () => serving);
    await cluster.createPods(['a']);
    await cluster.bind('a', 'vn-2');
    await eventually(
      () => cluster.marks(),
      ({ a }) => a?.[0] === '-100',
    );
    serving = snapshot([policy('p', { placement, scaleIn: { deletionCost: -5 } })]);
    controller.changed();
    await eventually(
      () => cluster.marks(),
      ({ a }) => a?.[0] === '-5',
    );
    serving = snapshot([]);
    controller.changed();
    await eventually(
      () => cluster.marks(),
      ({ a }) => a?.[0] === undefined && a?.[1] === undefined,
    );
    expect(cluster.podPatches()).toBe(3);
  });

  it('marks the pods of a node that becomes virtual, and of one that is made anew', async () => {
    const cluster = await scaleInCluster();
    startController(cluster, () => marking);
    await cluster.createPods(['a', 'b']);
    await cluster.bind('a', 'w-1');
    await cluster.bind('b', 'vn-1');
    await eventually(
      () => cluster.marks(),
      ({ b }) => b?.[0] === '-100',
    );
    const type = 'merge';
    const spec = {
      taints: [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' }],
    };
    const body = { metadata: { labels: { type: 'virtual-kubelet' } }, spec };
    await cluster.client.patch(resources.nodes, { name: 'w-1' }, { type, body });
    await eventually(
      () => cluster.marks(),
      ({ a }) => a?.[0] === '-100',
    );
  });

  it('writes from one process only, and the other takes over when that dies', async () => {
    const cluster = await scaleInCluster();
    const one = startController(cluster, () => marking, 'one');
    await eventually(
      () => Promise.resolve(one.runner.isLeader),
      (leads) => leads,
    );
    startController(cluster, () => marking, 'two');
    await cluster.createPods(names(20, 'first'));
    await Promise.all(names(20, 'first').map((pod) => cluster.bind(pod, 'vn-1')));
    await eventually(
      () => cluster.marks(),
      (all) => Object.values(all).every(([value]) => value === '-100'),
    );
    expect(cluster.podPatches()).toBe(20);

    await one.kill();
    await cluster.createPods(names(20, 'second'));
    await Promise.all(names(20, 'second').map((pod) => cluster.bind(pod, 'vn-2')));
    await eventually(
      () => cluster.marks(),
      (all) => Object.values(all).every(([value]) => value === '-100'),
    );
    expect(cluster.podPatches()).toBe(40);
  });
});
