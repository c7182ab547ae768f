import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/doctor/examine.js';
import { kubeconfig } from '../../../src/sim/wire/kubeconfig.js';
import { clusters } from '../../support/cluster.js';
import { command } from '../../support/command.js';
import { answered } from '../../support/eventually.js';
import { install, type Installed } from '../../support/installed/index.js';
import { policyDocument } from '../../support/policy.js';
import { apiOf, type Api } from '../cluster/behaviour.js';
import { seededFaults, virtualNode, type SeededFault } from './doctor-faults.js';

const optedIn = { 'tidegate.io/virtual-nodes': 'enabled' };

describe.each(clusters().given.filter(({ name }) => !name.startsWith('the cluster of')))(
  'tidegate doctor of an install on $name',
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
      const folder = await mkdtemp(join(tmpdir(), 'tidegate-doctor-'));
      ends.push(() => rm(folder, { recursive: true, force: true }));
      file = join(folder, 'kubeconfig');
    }, 180_000);
    afterAll(async () => {
      for (const end of ends.reverse()) await end();
    }, 60_000);

    const doctor = async ({ token = api.cluster.token } = {}) => {
      await writeFile(file, kubeconfig(api.cluster.url, api.cluster.caBundle, { token }));
      const { code, stdout, stderr } = await command(['doctor', '--kubeconfig', file, '-o', 'json']);
      expect(stderr).toBe('');
      return { code, results: JSON.parse(stdout) as readonly Result[] };
    };
    /** The control plane of a test runs in no pods: its flags are not to be seen. */
    const unwell = (results: readonly Result[]) =>
      results.filter(({ check, status }) => status !== 'ok' && check !== 'control-plane-limits');
    const allGreen = () =>
      answered(
        async () => unwell((await doctor()).results),
        (found) => found.length === 0,
      );

    it('says before the install that there is none, and how to', async () => {
      const { code, results } = await doctor();
      expect(code).toBe(1);
      expect(results.filter(({ status }) => status === 'fault')).toMatchObject([
        { check: 'installation', remedy: expect.stringMatching(/^helm install tidegate /) },
        { check: 'crd', remedy: expect.stringContaining('tidegate policy crd') },
      ]);
    });

    it('is all green on a fresh install', { timeout: 180_000 }, async () => {
      installed = await install({ api, atEnd: (action) => ends.push(action) });
      await api.post('/api/v1/namespaces', { metadata: { name: 'shop', labels: optedIn } });
      ends.push(await addNode(api));
      await addPolicy(api);
      await allGreen();
      expect((await doctor()).code).toBe(0);
    });

    it('says what its user may not look at, and skips what needs it', async () => {
      const token = await api.cluster.tokenOf('tidegate-system', 'tidegate-webhook');
      const { code, results } = await doctor({ token });
      expect(code).toBe(0);
      const own = results.find(({ check }) => check === 'own-access');
      expect(own).toMatchObject({ status: 'warning', reason: expect.stringContaining('you may not get ') });
      const skipped = results.filter(({ status }) => status === 'skipped').map(({ check }) => check);
      expect(skipped).toEqual(expect.arrayContaining(['installation', 'crd', 'certificates', 'midnight']));
    });

    it.each(seededFaults)('tells, with the remedy, where $name', { timeout: 120_000 }, async (fault) => {
      try {
        await fault.seed(api, installed);
        const { code, results } = await answered(
          () => doctor(),
          ({ results: found }) => found.some(fits(fault)),
        );
        expect(code).toBe(fault.finding.status === 'fault' ? 1 : 0);
        const known = [fault.finding.check, ...(fault.beside ?? [])];
        expect(unwell(results).filter(({ check }) => !known.includes(check))).toEqual([]);
      } finally {
        await fault.heal(api, installed);
        if (fault.finding.check === 'crd') await addPolicy(api);
      }
      await allGreen();
    });
  },
);

const fits =
  ({ finding }: SeededFault) =>
  ({ check, status, reason, remedy = '' }: Result): boolean =>
    check === finding.check &&
    status === finding.status &&
    finding.reason.test(reason) &&
    finding.remedy.test(remedy);

/** A definition is served a moment after it is there. */
const addPolicy = (api: Api) =>
  answered(
    () => api.post('/apis/tidegate.io/v1alpha1/virtualnodepolicies', policyDocument('kwok')),
    ({ status }) => status === 201 || status === 409,
  );

/** A node of kwok's, as its kubelet would have it, that tells every few seconds that it is well. Answers how to end it. */
async function addNode(api: Api): Promise<() => Promise<void>> {
  const taints = [{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }];
  const metadata = { name: 'virtual-1', labels: { type: 'kwok' } };
  expect((await api.post('/api/v1/nodes', { metadata, spec: { taints } })).status).toBe(201);
  const stop = new AbortController();
  const isWell = async () => {
    const lastHeartbeatTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const conditions = [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime }];
    return api.patch('strategic', `${virtualNode}/status`, { status: { conditions } });
  };
  expect((await isWell()).status).toBe(200);
  const telling = (async () => {
    while (!stop.signal.aborted) {
      await sleep(5000, undefined, { signal: stop.signal }).catch(() => undefined);
      await isWell();
    }
  })();
  return async () => {
    stop.abort();
    await telling;
  };
}
