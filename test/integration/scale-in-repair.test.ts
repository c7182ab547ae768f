import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/placement/snapshot.js';
import { policy } from '../support/policy.js';
import { overflowing, simCluster, type SimCluster } from '../support/sim-cluster.js';
import { snapshot } from '../support/snapshot.js';

const placement = { type: 'PreferReal', providers: [{ name: 'alibaba-eci' }] };
const marking = snapshot([policy('p', { placement })]);
const ours = ['-100', 'p:-100'];
const none = [undefined, undefined];
const cost = 'controller.kubernetes.io/pod-deletion-cost';

/** Two ordinary and two virtual nodes; nothing runs that a test does not start. */
async function cluster(serving: () => Snapshot = () => marking, life = false): Promise<SimCluster> {
  const made = await simCluster({ seed: 1, snapshot: serving, life });
  for (const name of ['w-1', 'w-2']) await made.addNode(name, '100');
  for (const name of ['vn-1', 'vn-2']) await made.addNode(name, '1000', 'virtual');
  await made.pass(1);
  return made;
}

const names = (count: number, prefix = 'pod') => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

async function land(on: SimCluster, pods: readonly string[], node: (i: number) => string): Promise<void> {
  await on.addPods(pods);
  await on.pass(1);
  for (const [i, pod] of pods.entries()) await on.bind(pod, node(i));
}

describe('the controller repairs', () => {
  it('a pod whose nodeName was set by hand', async () => {
    const on = await cluster();
    on.startController();
    await on.pass(5);
    await on.addPods(['a'], {}, 'vn-1');
    await on.addPods(['b'], {}, 'w-1');
    await on.pass(5);
    expect([on.mark('a'), on.mark('b')]).toEqual([ours, none]);
  });

  it('what landed while the webhook was away, and nothing else', async () => {
    const on = await cluster();
    const controller = on.startController();
    await land(on, names(10, 'before'), () => 'vn-1');
    on.webhook.isUp = false;
    await land(on, names(10, 'while'), () => 'vn-2');
    on.webhook.isUp = true;
    await land(on, names(10, 'after'), () => 'vn-1');
    await on.pass(10);
    expect(on.pods().map(({ metadata }) => on.mark(metadata.name))).toEqual(Array(30).fill(ours));
    expect([...controller.patched()].sort()).toEqual(names(10, 'while'));
    expect(controller.marked).toHaveLength(10);
    expect(Math.max(...controller.marked)).toBeLessThanOrEqual(10);
  });

  it('a pod that landed long before the policy came', async () => {
    let serving = snapshot([]);
    const on = await cluster(() => serving);
    const controller = on.startController();
    await land(on, ['a'], () => 'vn-1');
    await on.pass(60);
    expect(controller.patched()).toEqual([]);
    serving = marking;
    controller.changed();
    await on.pass(5);
    expect(on.mark('a')).toEqual(ours);
  });

  it('a pod of a CloneSet, and none of a Job', async () => {
    const on = await cluster();
    on.webhook.isUp = false;
    const pod = (name: string, kind: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'apps',
        ownerReferences: [
          { apiVersion: 'apps.kruise.io/v1alpha1', kind, name: 'o', uid: `uid-${kind}`, controller: true },
        ],
      },
      spec: { nodeName: 'vn-1', containers: [{ name: 'main', image: 'app:1' }] },
    });
    await on.api.create('pods', pod('clone', 'CloneSet'));
    await on.api.create('pods', pod('job', 'Job'));
    on.startController();
    await on.pass(10);
    expect([on.mark('clone'), on.mark('job')]).toEqual([ours, none]);
  });

  it('a mark whose deletion cost somebody took off, but not one whose companion was taken off', async () => {
    const on = await cluster();
    on.startController();
    await land(on, ['cost', 'companion'], () => 'vn-1');
    await on.pass(10);
    const remove = (name: string, annotation: string) =>
      on.api.patch('pods', 'apps', name, { metadata: { annotations: { [annotation]: null } } });
    await remove('cost', cost);
    await remove('companion', 'tidegate.io/deletion-cost-by');
    await on.pass(10);
    expect([on.mark('cost'), on.mark('companion')]).toEqual([ours, ['-100', undefined]]);
  });

  it('everything within half a minute after the API server was away for ten', async () => {
    const on = await cluster();
    const controller = on.startController();
    await on.pass(5);
    on.webhook.isUp = false;
    controller.client.setReachable(false);
    await land(on, names(20), (i) => (i % 2 === 0 ? 'vn-1' : 'vn-2'));
    await on.pass(600);
    controller.client.setReachable(true);
    await on.pass(30);
    expect(on.pods().map(({ metadata }) => on.mark(metadata.name))).toEqual(Array(20).fill(ours));
  });
});

describe('the controller follows', () => {
  it('a policy that is edited while its Deployment shrinks', async () => {
    let serving = marking;
    const on = await cluster(() => serving, true);
    const controller = on.startController();
    const replicas = (count: number) =>
      on.api.patch('deployments.apps', 'apps', 'web', { spec: { replicas: count } });
    await on.api.create('deployments.apps', overflowing('web', 40, { schedulerName: 'nobody' }));
    await on.pass(1);
    for (const [i, { metadata }] of on.pods().entries()) {
      await on.bind(metadata.name, i < 20 ? 'w-1' : `vn-${(i % 2) + 1}`);
    }
    await on.pass(20);
    for (const [step, deletionCost] of [-5, -300, -100, -7].entries()) {
      serving = snapshot([policy('p', { placement, scaleIn: { deletionCost } })]);
      controller.changed();
      await replicas(38 - 4 * step);
      await on.pass(0.05);
    }
    await on.pass(20);
    const left = on.pods();
    expect(left.filter(({ spec }) => spec.nodeName === 'w-1')).toHaveLength(20);
    const virtual = left.filter(({ spec }) => spec.nodeName !== 'w-1');
    expect(virtual.map(({ metadata }) => on.mark(metadata.name))).toEqual(Array(6).fill(['-7', 'p:-7']));
  });

  it('a namespace that is opted out, and in again', async () => {
    const labels = (optedIn: string | null) => ({ 'tidegate.io/virtual-nodes': optedIn });
    const on = await cluster(() =>
      snapshot([policy('p', { placement })], {
        namespaceLabels: (name) => on.api.get('namespaces', '', name)?.metadata.labels,
      }),
    );
    on.startController();
    await land(on, ['a'], () => 'vn-1');
    await on.pass(5);
    expect(on.mark('a')).toEqual(ours);
    await on.api.patch('namespaces', '', 'apps', { metadata: { labels: labels(null) } });
    await on.pass(5);
    expect(on.mark('a')).toEqual(none);
    await on.api.patch('namespaces', '', 'apps', { metadata: { labels: labels('enabled') } });
    await on.pass(5);
    expect(on.mark('a')).toEqual(ours);
  });

  it('a policy that got another name, and the provider that costs most', async () => {
    let serving = marking;
    const on = await cluster(() => serving);
    const controller = on.startController();
    await land(on, ['a'], () => 'vn-1');
    serving = snapshot([
      policy('renamed', {
        placement: { ...placement, providers: [{ name: 'alibaba-eci', deletionCost: -300 }] },
        scaleIn: { deletionCost: -50 },
      }),
    ]);
    controller.changed();
    await on.pass(5);
    expect(on.mark('a')).toEqual(['-300', 'renamed:-300']);
  });

  it('a policy that only observes from now on, by leaving all as it is', async () => {
    let serving = marking;
    const on = await cluster(() => serving);
    const controller = on.startController();
    await land(on, ['a'], () => 'vn-1');
    serving = snapshot([policy('p', { placement, mode: 'Observe' })]);
    controller.changed();
    await land(on, ['b'], () => 'vn-1');
    await on.pass(10);
    expect([on.mark('a'), on.mark('b')]).toEqual([ours, none]);
    expect(controller.patched()).toEqual([]);
  });

  it('a node that is ordinary from now on, by taking the marks back', async () => {
    const on = await cluster();
    on.startController();
    await land(on, names(4), (i) => (i < 2 ? 'vn-1' : 'vn-2'));
    await on.pass(5);
    await on.api.patch('nodes', '', 'vn-1', { metadata: { labels: { type: null } }, spec: { taints: null } });
    await on.pass(5);
    expect(names(4).map((name) => on.mark(name))).toEqual([none, none, ours, ours]);
  });

  it('a node that is deleted and made anew: nothing is written, and new pods there are marked', async () => {
    const on = await cluster();
    const controller = on.startController();
    await land(on, ['a'], () => 'vn-1');
    await on.api.remove('nodes', '', 'vn-1');
    await on.pass(10);
    expect(on.mark('a')).toEqual(ours);
    await on.addNode('vn-1', '1000', 'virtual');
    on.webhook.isUp = false;
    await land(on, ['b'], () => 'vn-1');
    await on.pass(10);
    expect([on.mark('a'), on.mark('b')]).toEqual([ours, ours]);
    expect(controller.patched()).toEqual(['b']);
  });

  it('a node that is cordoned, by going on as before', async () => {
    const on = await cluster();
    const controller = on.startController();
    await land(on, ['a'], () => 'vn-1');
    await on.api.patch('nodes', '', 'vn-1', { spec: { unschedulable: true } });
    await on.pass(5);
    expect(on.mark('a')).toEqual(ours);
    expect(controller.patched()).toEqual([]);
  });
});

describe('the controller leaves alone', () => {
  it.each(['7', '+5', '007', '2147483648', '-100'])(
    'a deletion cost of %s that came with the Binding',
    async (value) => {
      const on = await cluster();
      const controller = on.startController();
      await on.addPods(['a']);
      await on.pass(1);
      await on.api.bind('apps', 'a', 'vn-1', { annotations: { [cost]: value } });
      await on.pass(10);
      expect(on.mark('a')).toEqual([value, undefined]);
      expect(controller.patched()).toEqual([]);
    },
  );

  it("a user's own value, written before the bind and after it", async () => {
    let serving = marking;
    const on = await cluster(() => serving);
    const controller = on.startController();
    await on.addPods(['before'], { [cost]: '7' });
    await on.addPods(['after']);
    await on.pass(1);
    await on.bind('before', 'vn-1');
    await on.bind('after', 'vn-1');
    const fieldManager = 'kubectl-annotate';
    const write = (value: string) =>
      on.api.patch(
        'pods',
        'apps',
        'after',
        { metadata: { annotations: { [cost]: value } } },
        { fieldManager },
      );
    await write('9');
    await on.pass(5);
    // The very value that the companion tells of: what was written last is still not ours.
    await write('-100');
    serving = snapshot([policy('p', { placement, scaleIn: { deletionCost: -5 } })]);
    controller.changed();
    await on.pass(10);
    expect([on.mark('before'), on.mark('after')]).toEqual([
      ['7', undefined],
      ['-100', 'p:-100'],
    ]);
    expect(controller.patched()).toEqual([]);
  });

  it('every mark while a new leader has not heard of the Namespaces yet', async () => {
    const selecting = policy('p', {
      placement,
      match: { namespaces: { selector: { matchLabels: { tier: 'web' } } } },
    });
    const known = new Map<string, Record<string, string>>();
    const on = await cluster(() => snapshot([selecting], { namespaceLabels: (name) => known.get(name) }));
    known.set('apps', { tier: 'web', 'tidegate.io/virtual-nodes': 'enabled' });
    await land(on, ['a'], () => 'vn-1');
    known.clear();
    const controller = on.startController('one', { slowLists: { namespaces: 5000 } });
    await on.pass(4);
    expect(controller.runner.isLeader).toBe(true);
    await on.pass(10);
    expect(on.mark('a')).toEqual(ours);
    expect(controller.patched()).toEqual([]);
  });
});
