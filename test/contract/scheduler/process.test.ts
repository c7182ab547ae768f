import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubeconfig } from '../../../src/sim/wire/kubeconfig.js';
import { clusters } from '../../support/cluster.js';
import { answered } from '../../support/eventually.js';
import { runCli, type RunningProcess } from '../../support/webhook-process.js';
import { apiOf, type Api, type Parsed } from '../cluster/behaviour.js';

/** The run that counts has 5,000. */
const count = Number(process.env['TIDEGATE_PODS'] ?? 300);
const scheduler = 'tidegate-scheduler';
const nodes = 10;

describe.each(clusters().given.filter(({ name }) => !name.startsWith('the cluster of')))(
  'tidegate scheduler on $name',
  ({ start }) => {
    let api: Api;
    let file: string;
    const ends: (() => Promise<void> | void)[] = [];

    beforeAll(async () => {
      const cluster = await start();
      ends.push(() => cluster.stop());
      api = apiOf(cluster);
      ends.push(() => api.close());
      const folder = await mkdtemp(join(tmpdir(), 'tidegate-scheduler-'));
      ends.push(() => rm(folder, { recursive: true, force: true }));
      file = join(folder, 'kubeconfig');
      await writeFile(file, kubeconfig(cluster.url, cluster.caBundle, { token: cluster.token }));
      for (let i = 0; i < nodes; i += 1) await virtualNode(api, `vn-${i}`, i);
    }, 180_000);
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    }, 60_000);

    const run = (...more: readonly string[]): RunningProcess =>
      runCli(
        ['scheduler', '--kubeconfig', file, '--host', '127.0.0.1', '--ops-port', '0', ...more],
        [],
        (end) => ends.push(end),
      );
    const leads = async (process: RunningProcess): Promise<void> => {
      await answered(
        () => process.lines().some(({ msg }) => msg === 'leads'),
        (is) => is,
      );
    };

    it('binds every pod once, though it is killed ten times', { timeout: 900_000 }, async () => {
      const namespace = await api.namespace();
      const uids: string[] = [];
      const creating = createPods(api, namespace, count, 'p', uids);
      for (let kill = 0; kill < 10; kill += 1) {
        const one = run('--leader-election', 'false');
        await leads(one);
        await boundCount(api, namespace, Math.floor(((kill + 1) * count) / 11), () => uids.length);
        one.child.kill('SIGKILL');
        await one.exited;
      }
      await creating;
      const last = run('--leader-election', 'false');
      await leads(last);
      await boundCount(api, namespace, count);
      const pods = await all(api, namespace);
      expect(new Set(pods.map(({ metadata }) => metadata.uid))).toEqual(new Set(uids));
      for (const pod of pods) {
        const story = JSON.parse(pod.metadata.annotations['tidegate.io/scheduling'] as string);
        expect(story).toMatchObject({ lane: 'virtual', provider: 'virtual-kubelet' });
      }
      const perNode = Map.groupBy(pods, ({ spec }) => spec.nodeName);
      expect(perNode.size).toBe(nodes);
      last.child.kill('SIGTERM');
      expect(await last.exited).toBe(0);
    });

    it('is taken over by the other replica when it is killed', { timeout: 120_000 }, async () => {
      const namespace = await api.namespace();
      const first = run();
      await leads(first);
      const second = run();
      await answered(
        () => second.lines().some(({ msg }) => msg === 'scheduler started'),
        (is) => is,
      );
      await createPods(api, namespace, 20);
      await boundCount(api, namespace, 20);
      first.child.kill('SIGKILL');
      await first.exited;
      await createPods(api, namespace, 20, 'after');
      await boundCount(api, namespace, 40);
      second.child.kill('SIGTERM');
      expect(await second.exited).toBe(0);
    });

    it('says on the pod why no node takes it', { timeout: 60_000 }, async () => {
      const namespace = await api.namespace();
      const one = run('--leader-election', 'false');
      await leads(one);
      await api.post(`/api/v1/namespaces/${namespace}/pods`, pod('lost', { nodeSelector: { disk: 'fast' } }));
      const path = `/api/v1/namespaces/${namespace}/pods/lost`;
      const { status } = await answered(
        async () => (await api.get(path)).body,
        (body) => body.status?.conditions !== undefined,
      );
      expect(status.conditions).toContainEqual(
        expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }),
      );
      const events = await answered(
        async () => (await api.get(`/api/v1/namespaces/${namespace}/events`)).body.items as Parsed[],
        (items) => items.length > 0,
      );
      expect(events[0]).toMatchObject({ reason: 'FailedScheduling', involvedObject: { name: 'lost' } });
      one.child.kill('SIGTERM');
      expect(await one.exited).toBe(0);
    });
  },
);

const pod = (name: string, spec: object = {}): Parsed => ({
  metadata: { name },
  spec: {
    schedulerName: scheduler,
    tolerations: [{ operator: 'Exists' }],
    containers: [
      { name: 'main', image: 'busybox:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
    ],
    ...spec,
  },
});

async function createPods(
  api: Api,
  namespace: string,
  many: number,
  prefix = 'p',
  uids: string[] = [],
): Promise<void> {
  let next = 0;
  const creator = async () => {
    while (next < many) {
      const { status, body } = await api.post(
        `/api/v1/namespaces/${namespace}/pods`,
        pod(`${prefix}-${next++}`),
      );
      expect([status, body.message]).toEqual([201, undefined]);
      uids.push(String(body.metadata.uid));
    }
  };
  await Promise.all(Array.from({ length: 8 }, creator));
}

async function all(api: Api, namespace: string): Promise<readonly Parsed[]> {
  return (await api.get(`/api/v1/namespaces/${namespace}/pods`)).body.items as Parsed[];
}

/** Waits until so many of those that were made are bound. */
async function boundCount(
  api: Api,
  namespace: string,
  wanted: number,
  made: () => number = () => wanted,
): Promise<void> {
  const deadline = Date.now() + 300_000;
  for (;;) {
    const before = made();
    const { body } = await api.get(`/api/v1/namespaces/${namespace}/pods?fieldSelector=spec.nodeName%3D`);
    const bound = before - Number(body.items.length);
    if (bound >= wanted) return;
    if (Date.now() > deadline) throw new Error(`${bound} of ${wanted} pods are bound`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function virtualNode(api: Api, name: string, number: number): Promise<void> {
  const labels = { type: 'virtual-kubelet', 'topology.kubernetes.io/zone': `z-${number % 3}` };
  const { status } = await api.post('/api/v1/nodes', { metadata: { name, labels } });
  expect(status).toBe(201);
  await api.patch('merge', `/api/v1/nodes/${name}`, { spec: { taints: null } });
  const allocatable = { cpu: '10000', memory: '100Ti', pods: '10000' };
  await api.patch('merge', `/api/v1/nodes/${name}/status`, {
    status: { allocatable, capacity: allocatable, conditions: [{ type: 'Ready', status: 'True' }] },
  });
}
