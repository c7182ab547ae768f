import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubeconfig } from '../../../src/sim/wire/kubeconfig.js';
import { clusters } from '../../support/cluster.js';
import { answered } from '../../support/eventually.js';
import { install, type Installed } from '../../support/installed/index.js';
import { startKubelets } from '../../support/installed/kubelets.js';
import { runCli } from '../../support/webhook-process.js';
import { apiOf, type Api, type Parsed } from '../cluster/behaviour.js';

/** The run that counts has 2,000. */
const count = Number(process.env['TIDEGATE_JOBS'] ?? 60);
const nodes = [0, 1, 2, 3].flatMap((i) => [`eci-${i}`, `tke-${i}`]);
const jobs = '/apis/batch/v1/namespaces/shop/jobs';

describe.each(clusters().given.filter(({ name }) => !name.startsWith('the cluster of')))(
  'the scheduler of the chart on $name',
  ({ start }) => {
    let api: Api;
    let file: string;
    let installed: Installed;
    const ends: (() => Promise<void> | void)[] = [];

    beforeAll(async () => {
      const cluster = await start();
      ends.push(() => cluster.stop());
      api = apiOf(cluster);
      ends.push(() => api.close());
      const folder = await mkdtemp(join(tmpdir(), 'tidegate-'));
      ends.push(() => rm(folder, { recursive: true, force: true }));
      file = join(folder, 'kubeconfig');
      await writeFile(file, kubeconfig(cluster.url, cluster.caBundle, { token: cluster.token }));
      for (const name of nodes) await virtualNode(api, name, name.startsWith('eci') ? eci : tke);
      installed = await install({
        api,
        values: { scheduler: { enabled: true } },
        atEnd: (action) => ends.push(action),
      });
      await api.post('/apis/tidegate.io/v1alpha1/virtualnodepolicies', policy);
      const labels = { 'tidegate.io/virtual-nodes': 'enabled' };
      await api.post('/api/v1/namespaces', { metadata: { name: 'shop', labels } });
      await answered(
        async () => (await api.post(`${jobs}?dryRun=All`, job('probe'))).body,
        (body) => body.spec?.template.spec.schedulerName === 'tidegate-scheduler',
      );
    }, 180_000);
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    }, 60_000);

    it(
      'brings Jobs of backoffLimit 0 through a stock-out of one of two clouds',
      { timeout: 1_200_000 },
      async () => {
        let taken = 0;
        const kubelets = startKubelets(api, nodes, 'shop', {
          refusal: ({ spec }) => {
            const isOut = String(spec.nodeName).startsWith('eci-') && (taken += 1) > count / 10;
            return isOut ? outOfStock : undefined;
          },
        });
        ends.push(() => kubelets.stop());
        let next = 0;
        const creator = async () => {
          while (next < count) {
            const { status, body } = await api.post(jobs, job(`j-${next++}`));
            expect([status, body.message]).toEqual([201, undefined]);
          }
        };
        await Promise.all(Array.from({ length: 8 }, creator));
        await finished(api, count);

        const all = (await api.get(jobs)).body.items as Parsed[];
        expect(all.filter(({ status }) => status.succeeded !== 1)).toEqual([]);
        expect(all.filter(({ status }) => (status.failed ?? 0) > 0)).toEqual([]);
        expect(kubelets.refused.length).toBeGreaterThan(0);

        // Every pod that was turned away is told of, and no Binding of ours: it carries its mark by itself.
        const reviews = await reviewsOf(installed);
        expect(reviews('Pod', 'turned-away')).toBe(kubelets.refused.length);
        expect(reviews('Binding')).toBe(0);

        const [turnedAway = ''] = kubelets.refused;
        const name = turnedAway.slice(0, turnedAway.lastIndexOf('-'));
        const trace = runCli([
          'scheduler',
          'trace',
          '-n',
          'shop',
          `job/${name}`,
          '--kubeconfig',
          file,
          '-o',
          'json',
        ]);
        expect(await trace.exited).toBe(0);
        const [{ steps }] = JSON.parse(trace.stdout());
        const told = steps.map(({ what, detail }: Parsed) => `${what} ${detail}`.trim());
        expect(told).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/^bound to eci-\d, alibaba-eci$/),
            expect.stringMatching(/^turned away ProviderFailed: the specified instance is out of stock/),
            expect.stringMatching(/^bound to tke-\d, tencent-supernode$/),
            'job ended Complete; 0 failures counted, backoffLimit 0',
          ]),
        );
      },
    );
  },
);

const outOfStock = { reason: 'ProviderFailed', message: 'the specified instance is out of stock' };

const eci = {
  labels: { type: 'virtual-kubelet' },
  taint: { key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' },
};
const tke = {
  labels: { 'node.kubernetes.io/instance-type': 'eklet' },
  taint: { key: 'eks.tke.cloud.tencent.com/eklet', effect: 'NoSchedule' },
};

const policy = {
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'VirtualNodePolicy',
  metadata: { name: 'jobs' },
  spec: {
    match: { workloads: { kinds: ['CronJob', 'Job'] } },
    placement: {
      type: 'VirtualOnly',
      providers: [{ name: 'alibaba-eci' }, { name: 'tencent-supernode' }],
    },
    scheduling: { schedulerName: 'tidegate-scheduler' },
  },
};

const job = (name: string): Parsed => ({
  metadata: { name },
  spec: {
    backoffLimit: 0,
    template: {
      spec: {
        restartPolicy: 'Never',
        containers: [
          { name: 'main', image: 'busybox:1', resources: { requests: { cpu: '1', memory: '1Gi' } } },
        ],
      },
    },
  },
});

async function finished(api: Api, wanted: number): Promise<void> {
  const deadline = Date.now() + 1_100_000;
  for (;;) {
    const { body } = await api.get(jobs);
    const ended = (body.items as Parsed[]).filter(({ status }) =>
      (status?.conditions ?? []).some(
        ({ type, status: is }: Parsed) => (type === 'Complete' || type === 'Failed') && is === 'True',
      ),
    );
    if (ended.length >= wanted) return;
    if (Date.now() > deadline) throw new Error(`${ended.length} of ${wanted} Jobs have ended`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** What the webhook's replicas have answered, by kind and reason. */
async function reviewsOf(installed: Installed): Promise<(kind: string, reason?: string) => number> {
  const texts = await Promise.all(
    installed.containers('webhook').map(async ({ ops }) => (await ops('/metrics')).text),
  );
  const lines = texts.flatMap((text) => text.match(/^tidegate_admission_reviews_total\{.*$/gm) ?? []);
  return (kind, reason = '') =>
    lines
      .filter((line) => line.includes(`kind="${kind}"`) && line.includes(`reason="${reason}`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function virtualNode(
  api: Api,
  name: string,
  { labels, taint }: typeof eci | typeof tke,
): Promise<void> {
  expect((await api.post('/api/v1/nodes', { metadata: { name, labels } })).status).toBe(201);
  await api.patch('merge', `/api/v1/nodes/${name}`, { spec: { taints: [taint] } });
  const allocatable = { cpu: '10000', memory: '100Ti', pods: '10000' };
  await api.patch('merge', `/api/v1/nodes/${name}/status`, {
    status: { allocatable, capacity: allocatable, conditions: [{ type: 'Ready', status: 'True' }] },
  });
}
