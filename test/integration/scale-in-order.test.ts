import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/sim/random.js';
import { policy } from '../support/policy.js';
import { overflowing, simCluster, type SimCluster } from '../support/sim-cluster.js';
import { snapshot } from '../support/snapshot.js';

const placement = { type: 'PreferReal', providers: [{ name: 'alibaba-eci' }] };
const marking = snapshot([policy('p', { placement })]);
const seeds = Array.from({ length: 50 }, (_, i) => i + 1);

/**
 * Twenty pods on ordinary nodes, twelve of them on one, so that the ReplicaSet controller would take those first
 * (pods beside others of their owner go before those that are alone); twenty on four virtual nodes.
 */
const slots: readonly string[] = [
  ...Array.from({ length: 12 }, () => 'w-1'),
  ...['w-2', 'w-2', 'w-2', 'w-2', 'w-3', 'w-3', 'w-3', 'w-3'],
  ...['vn-1', 'vn-2', 'vn-3', 'vn-4'].flatMap((node) => [node, node, node, node, node]),
];

async function fortyPods(seed: number): Promise<SimCluster> {
  const cluster = await simCluster({ seed, snapshot: () => marking });
  for (const name of ['w-1', 'w-2', 'w-3']) await cluster.addNode(name, '100');
  for (const name of ['vn-1', 'vn-2', 'vn-3', 'vn-4']) await cluster.addNode(name, '1000', 'virtual');
  await cluster.api.create('deployments.apps', overflowing('web', 40, { schedulerName: 'nobody' }));
  await cluster.pass(1);
  return cluster;
}

/** In an order of the seed. */
async function bindAll(cluster: SimCluster, seed: number): Promise<void> {
  const random = createRandom(seed);
  const order = slots.map((node) => ({ node, at: random() })).sort((a, b) => a.at - b.at);
  for (const [i, { metadata }] of cluster.pods().entries()) {
    await cluster.bind(metadata.name, order[i]?.node ?? '');
  }
}

const scaleTo = (cluster: SimCluster, replicas: number) =>
  cluster.api.patch('deployments.apps', 'apps', 'web', { spec: { replicas } });

const nodesOf = (cluster: SimCluster): readonly string[] =>
  cluster
    .pods()
    .map(({ spec }) => spec.nodeName ?? '')
    .sort();
const ordinary = slots.filter((node) => node.startsWith('w-')).sort();

const isReady = (pod: ReturnType<SimCluster['pods']>[number]): boolean =>
  pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

describe('a Deployment of 40, 20 of them on virtual nodes, scaled to 20', () => {
  it.each(seeds)('leaves exactly those on ordinary nodes, and no pod was patched (seed %i)', async (seed) => {
    const cluster = await fortyPods(seed);
    const controller = cluster.startController();
    await bindAll(cluster, seed);
    await cluster.pass(30);
    expect(cluster.pods().filter(isReady)).toHaveLength(40);
    await scaleTo(cluster, 20);
    await cluster.pass(30);
    expect(nodesOf(cluster)).toEqual(ordinary);
    expect(controller.patched()).toEqual([]);
  });

  it.each(seeds)(
    'does so after repair, where the webhook was away, by 20 patches (seed %i)',
    async (seed) => {
      const cluster = await fortyPods(seed);
      cluster.webhook.isUp = false;
      const controller = cluster.startController();
      await bindAll(cluster, seed);
      await cluster.pass(30);
      await scaleTo(cluster, 20);
      await cluster.pass(30);
      expect(nodesOf(cluster)).toEqual(ordinary);
      expect(new Set(controller.patched()).size).toBe(20);
      expect(controller.patched()).toHaveLength(20);
    },
  );

  it('would not do so without the mark: pods side by side on an ordinary node go first', async () => {
    const cluster = await fortyPods(1);
    cluster.webhook.isUp = false;
    await bindAll(cluster, 1);
    await cluster.pass(30);
    await scaleTo(cluster, 28);
    await cluster.pass(30);
    expect(nodesOf(cluster).filter((node) => node === 'w-1')).toHaveLength(0);
  });

  it('does so when it is scaled in the moment in which the last pod lands', async () => {
    const cluster = await fortyPods(1);
    await bindAll(cluster, 1);
    await scaleTo(cluster, 20);
    await cluster.pass(30);
    expect(nodesOf(cluster)).toEqual(ordinary);
  });

  it('does so when it is scaled in the moment in which the last pod is ready', async () => {
    const cluster = await fortyPods(1);
    await bindAll(cluster, 1);
    while (!cluster.pods().every(isReady)) await cluster.pass(0.1);
    await scaleTo(cluster, 20);
    await cluster.pass(30);
    expect(nodesOf(cluster)).toEqual(ordinary);
  });

  it('gives up an unready pod on an ordinary node first: readiness comes before the mark', async () => {
    const cluster = await fortyPods(1);
    await bindAll(cluster, 1);
    await cluster.pass(30);
    const [sick] = cluster.pods().filter(({ spec }) => spec.nodeName === 'w-2');
    const name = sick?.metadata.name ?? '';
    const status = { conditions: [{ type: 'Ready', status: 'False' }] };
    await cluster.api.patch('pods', 'apps', name, { status }, { subresource: 'status' });
    await scaleTo(cluster, 39);
    await cluster.pass(30);
    expect(cluster.pods().map(({ metadata }) => metadata.name)).not.toContain(name);
    await scaleTo(cluster, 19);
    await cluster.pass(30);
    expect(nodesOf(cluster).every((node) => node.startsWith('w-'))).toBe(true);
  });
});
