import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/doctor/examine.js';
import { kubeconfig } from '../../../src/sim/wire/kubeconfig.js';
import { clusters } from '../../support/cluster.js';
import { command } from '../../support/command.js';
import { answered } from '../../support/eventually.js';
import { install } from '../../support/installed/index.js';
import { policyDocument } from '../../support/policy.js';
import { apiOf, type Api, type Parsed } from '../cluster/behaviour.js';

const optedIn = { 'tidegate.io/virtual-nodes': 'enabled' };
const policyPath = '/apis/tidegate.io/v1alpha1/virtualnodepolicies';

describe.each(clusters().given.filter(({ name }) => !name.startsWith('the cluster of')))(
  'tidegate doctor of an install on $name',
  ({ start }) => {
    let api: Api;
    let file: string;
    const ends: (() => Promise<void> | void)[] = [];

    beforeAll(async () => {
      const cluster = await start();
      ends.push(() => cluster.stop());
      api = apiOf(cluster);
      ends.push(() => api.close());
      const folder = await mkdtemp(join(tmpdir(), 'tidegate-doctor-'));
      ends.push(() => rm(folder, { recursive: true, force: true }));
      file = join(folder, 'kubeconfig');
      await writeFile(file, kubeconfig(cluster.url, cluster.caBundle, { token: cluster.token }));
    }, 180_000);
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    }, 60_000);

    const doctor = async (): Promise<{ readonly code: number; readonly results: readonly Result[] }> => {
      const { code, stdout, stderr } = await command(['doctor', '--kubeconfig', file, '-o', 'json']);
      expect(stderr).toBe('');
      return { code, results: JSON.parse(stdout) as readonly Result[] };
    };
    const unwell = (results: readonly Result[]) => results.filter(({ status }) => status !== 'ok');

    it('says before the install that there is none, and how to', async () => {
      const { code, results } = await doctor();
      expect(code).toBe(1);
      expect(results.filter(({ status }) => status === 'fault')).toMatchObject([
        { check: 'installation', remedy: expect.stringMatching(/^helm install tidegate /) },
        { check: 'crd', remedy: expect.stringContaining('tidegate policy crd') },
      ]);
    });

    it('is all green on a fresh install', { timeout: 180_000 }, async () => {
      await install({ api, atEnd: (action) => ends.push(action) });
      await api.post('/api/v1/namespaces', { metadata: { name: 'shop', labels: optedIn } });
      expect((await api.post(policyPath, policyDocument('kwok'))).status).toBe(201);
      await answered(
        () => api.get(`${policyPath}/kwok`).then(({ body }) => body),
        ({ status }: Parsed) => status?.conditions?.length >= 2,
      );
      const { code, results } = await doctor();
      expect(unwell(results)).toEqual([]);
      expect(code).toBe(0);
    });
  },
);
