import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCa } from '../../../src/certs/issue.js';
import { clusters } from '../../support/cluster.js';
import { answered } from '../../support/eventually.js';
import { policyDocument } from '../../support/policy.js';
import { install, systemNamespace, type Installed } from '../../support/installed/index.js';
import { apiOf, type Api, type Parsed } from '../cluster/behaviour.js';
import { cronJob, isPlaced, startTraffic } from './traffic.js';

/** How many CronJobs are created while things go on; the run that counts has 50,000. */
const requests = Number(process.env['TIDEGATE_REQUESTS'] ?? 2000);

const secret = (name: string) => `/api/v1/namespaces/${systemNamespace}/secrets/${name}`;
const hooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/tidegate';
const changed = 'tidegate.io/changed-at';
const day = 24 * 3_600_000;

const optedIn = { 'tidegate.io/virtual-nodes': 'enabled' };
describe.each(clusters().given.filter(({ name }) => !name.startsWith('the cluster of')))(
  'installed from the chart on $name',
  ({ start }) => {
    let api: Api;
    let installed: Installed;
    const ends: (() => Promise<void> | void)[] = [];

    beforeAll(async () => {
      const cluster = await start();
      ends.push(() => cluster.stop());
      api = apiOf(cluster);
      ends.push(() => api.close());
      const atEnd = (action: () => Promise<void> | void) => ends.push(action);
      installed = await install({ api, atEnd, beforePods: () => seedOldAuthority(api) });
      await api.post('/api/v1/namespaces', { metadata: { name: 'shop', labels: optedIn } });
      const { status, body } = await api.post(
        '/apis/tidegate.io/v1alpha1/virtualnodepolicies',
        policyDocument('kwok'),
      );
      expect([status, body.message]).toEqual([201, undefined]);
    }, 180_000);
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    }, 60_000);

    it('places what developers deploy, and says so on the policy', { timeout: 60_000 }, async () => {
      const path = '/apis/batch/v1/namespaces/shop/cronjobs';
      await answered(
        () => api.post(`${path}?dryRun=All`, cronJob('probe')).then(({ body }) => body),
        (body) => body.kind === 'CronJob' && isPlaced(body),
      );
      expect((await api.post(path, cronJob('report'))).status).toBe(201);
      const { status } = await answered(
        () => api.get('/apis/tidegate.io/v1alpha1/virtualnodepolicies/kwok').then(({ body }) => body),
        ({ status }) => status?.workloads?.placed === 1,
      );
      const conditions = status.conditions.map(({ type, status: is }: Parsed) => `${type}=${is}`);
      expect(conditions).toEqual(expect.arrayContaining(['Accepted=True', 'Active=True']));
    });

    it(
      'rotates certificates and restarts without a request that fails or passes unchanged',
      { timeout: 900_000 },
      async () => {
        const traffic = startTraffic(api, 'shop');
        const first = await authority(api);
        // the next authority has been published long enough
        await backdate(api);
        await installed.restart('controllers');
        const second = await answered(
          () => authority(api),
          (one) => one !== first,
        );
        await installed.restart('webhook');
        expect(await trusted(api)).toContain(first);

        await backdate(api);
        await installed.restart('controllers');
        await answered(
          () => trusted(api),
          (bundle) => !bundle.includes(first) && bundle.includes(second),
        );

        for (const name of ['tidegate-webhook-tls', 'tidegate-webhook-ca']) await api.delete(secret(name));
        await installed.restart('controllers');
        await answered(
          () => authority(api),
          (one) => one !== '' && one !== second,
        );
        expect(await trusted(api)).toContain(second);

        expect(await traffic.end(requests)).toMatchObject({ failed: [], missed: [] });
      },
    );

    it('gives its own entries their bundle again after others edited them, and no more', async () => {
      const before = (await api.get(hooks)).body;
      const aks = { key: 'control-plane', operator: 'DoesNotExist' };
      const edited = before.webhooks.map((one: Parsed) => ({
        ...one,
        clientConfig: { ...one.clientConfig, caBundle: undefined },
        namespaceSelector: {
          ...one.namespaceSelector,
          matchExpressions: [...one.namespaceSelector.matchExpressions, aks],
        },
      }));
      const foreign = { ...edited[0], name: 'theirs.example.com', rules: [] };
      await api.put(hooks, { ...before, webhooks: [foreign, ...edited] });
      await installed.restart('controllers');
      const after = await answered(
        () => api.get(hooks).then(({ body }) => body.webhooks as Parsed[]),
        (webhooks) => webhooks[1].clientConfig.caBundle !== undefined,
      );
      expect(after[0].clientConfig.caBundle).toBeUndefined();
      expect(
        after.slice(1).map(({ namespaceSelector }) => namespaceSelector.matchExpressions.at(-1)),
      ).toEqual([aks, aks]);
      expect(after.slice(1).map(({ clientConfig }) => clientConfig)).toEqual(
        before.webhooks.map(({ clientConfig }: Parsed) => clientConfig),
      );
    });

    /** As one that was made eight months ago: it is due, and a next one is published at once. */
    async function seedOldAuthority(to: Api): Promise<void> {
      const old = await issueCa('tidegate webhook CA', { now: Date.now() - 250 * day, days: 365 });
      const metadata = {
        name: 'tidegate-webhook-ca',
        labels: { 'app.kubernetes.io/managed-by': 'tidegate' },
        annotations: { [changed]: new Date(Date.now() - 250 * day).toISOString() },
      };
      const stringData = { 'ca.crt': old.cert, 'ca.key': old.key };
      const { status } = await to.post(`/api/v1/namespaces/${systemNamespace}/secrets`, {
        metadata,
        stringData,
      });
      expect(status).toBe(201);
    }
  },
);

/** The certificate that signs, or ''. */
async function authority(api: Api): Promise<string> {
  const { body } = await api.get(secret('tidegate-webhook-ca'));
  return Buffer.from(String(body.data?.['ca.crt'] ?? ''), 'base64')
    .toString()
    .trim();
}

/** What API servers trust. */
async function trusted(api: Api): Promise<string> {
  const { body } = await api.get(hooks);
  return Buffer.from(String(body.webhooks[0].clientConfig.caBundle ?? ''), 'base64').toString();
}

/** The last step was taken eleven minutes ago: everybody has seen it. */
async function backdate(api: Api): Promise<void> {
  const annotations = { [changed]: new Date(Date.now() - 11 * 60_000).toISOString() };
  await api.patch('merge', secret('tidegate-webhook-ca'), { metadata: { annotations } });
}
