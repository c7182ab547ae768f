import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { kubeconfig } from '../../../src/sim/wire/kubeconfig.js';
import { clusters } from '../../support/cluster.js';
import { chart, own } from '../../support/helm.js';
import { aliyunLogConfigs, slsLogs, startLogConfigOn } from '../../support/log-config.js';
import { policyDocument } from '../../support/policy.js';
import { apiOf, eventually, type Api, type Parsed } from '../cluster/behaviour.js';
import { define, policies, served } from '../cluster/definitions.js';

const namespace = 'tidegate-system';
const hooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/tidegate';
const deployment = (component: string) =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/tidegate-${component}`;
/** What an older definition takes. */
const faulty = { env: [{ name: 'A' }] };

/** The chart as a release before this one might have been: no rules in the CRD, a value less. */
function olderChart(folder: string): string {
  const older = join(folder, 'older');
  cpSync(chart, older, { recursive: true });
  const edit = (name: string, change: (text: string) => string) => {
    const file = join(older, name);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  };
  edit('files/virtualnodepolicies.yaml', (text) => stringify(withoutRules(parse(text))));
  edit('values.yaml', (text) => text.replace(/^ {2}logConfigs: .*$/m, ''));
  for (const name of ['_helpers.tpl', 'controllers-rbac.yaml', 'controllers-deployment.yaml'])
    edit(`templates/${name}`, (text) =>
      text.replaceAll(/[.$\w]*\.logConfigs\.(enabled|namespace)/g, 'false'),
    );
  return older;
}

function withoutRules(value: Parsed): Parsed {
  if (Array.isArray(value)) return value.map(withoutRules);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value as Record<string, Parsed>).filter(
    ([key]) => key !== 'x-kubernetes-validations',
  );
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutRules(member)]));
}

/** Helm keeps its releases as Secrets in protobuf, which the box does not read. */
const [real] = clusters().given.filter(({ name }) => name.startsWith('the control plane'));
const where = real?.name ?? 'no control plane: not run, set KUBEBUILDER_ASSETS';

describe.skipIf(real === undefined)(`a release of the chart on ${where}`, () => {
  let api: Api;
  let older: string;
  let helm: (...args: string[]) => Promise<string>;
  const argsOf = async (component: string): Promise<readonly string[]> =>
    (await api.get(deployment(component))).body.spec.template.spec.containers[0].args;
  const ends: (() => Promise<void> | void)[] = [];

  beforeAll(async () => {
    const cluster = await real!.start();
    ends.push(() => cluster.stop());
    api = apiOf(cluster);
    ends.push(() => api.close());
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-helm-'));
    ends.push(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    older = olderChart(folder);
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, kubeconfig(cluster.url, cluster.caBundle, { token: cluster.token }));
    helm = (...args) => run([...args, '-n', namespace, '--kubeconfig', file], join(folder, 'home'));
  }, 180_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  }, 60_000);

  it(
    'upgrades the CRD, and leaves what was stored before and the caBundle',
    { timeout: 180_000 },
    async () => {
      await helm('install', 'tidegate', older, '--create-namespace', '--set', 'webhook.replicas=3');
      await served(api, policies);
      const before = policyDocument('before', faulty);
      expect((await api.post(policies, before)).status).toBe(201);
      const bundles = [0, 1].map((i) => ({
        op: 'add',
        path: `/webhooks/${i}/clientConfig/caBundle`,
        value: 'Q0E=',
      }));
      expect((await api.patch('json', hooks, bundles)).status).toBe(200);

      // It knows nothing of what has come to the values since: refused as a whole.
      await expect(helm('upgrade', 'tidegate', chart, '--reuse-values')).rejects.toThrow('logConfigs');
      await helm('upgrade', 'tidegate', chart, '--reset-then-reuse-values');
      await eventually('the rules of the new definition', async () => {
        const { status, body } = await api.post(`${policies}?dryRun=All`, policyDocument('after', faulty));
        return status === 422 && String(body.message).includes('expected exactly one of value')
          ? true
          : undefined;
      });
      const status = { observedGeneration: 1 };
      expect((await api.patch('merge', `${policies}/before/status`, { status })).status).toBe(200);
      const { webhooks } = (await api.get(hooks)).body;
      expect(webhooks.map(({ clientConfig }: Parsed) => clientConfig.caBundle)).toEqual(['Q0E=', 'Q0E=']);
      const { spec } = (await api.get(deployment('webhook'))).body;
      expect(spec.replicas).toBe(3);
      expect(await argsOf('controllers')).toContain('--log-configs=on');
    },
  );

  it(
    'meets a conflict where somebody edited what it wrote, and takes it back by force',
    { timeout: 120_000 },
    async () => {
      const expressions = [{ key: 'control-plane', operator: 'DoesNotExist' }];
      const edits = [
        { op: 'add', path: '/webhooks/0/namespaceSelector/matchExpressions', value: expressions },
        { op: 'add', path: '/webhooks/0/failurePolicy', value: 'Fail' },
      ];
      expect((await api.patch('json', hooks, edits)).status).toBe(200);
      const upgrade = ['upgrade', 'tidegate', chart, '--reset-then-reuse-values'];
      await expect(helm(...upgrade)).rejects.toThrow('conflict');
      await helm(...upgrade, '--force-conflicts');
      const [workloads] = (await api.get(hooks)).body.webhooks;
      expect(workloads.failurePolicy).toBe('Ignore');
      expect(workloads.namespaceSelector.matchExpressions).not.toEqual(expressions);
      expect(workloads.clientConfig.caBundle).toBe('Q0E=');
      await helm('upgrade', 'tidegate', chart, '--reset-then-reuse-values');
    },
  );

  it('takes another strategy, and the host network', { timeout: 120_000 }, async () => {
    const upgrade = ['upgrade', 'tidegate', chart, '--reset-then-reuse-values', '--set'];
    const strategy = async () => (await api.get(deployment('webhook'))).body.spec.strategy;
    await helm(...upgrade, 'webhook.strategy.type=Recreate');
    expect(await strategy()).toEqual({ type: 'Recreate' });
    await helm(...upgrade, 'webhook.strategy.type=RollingUpdate,webhook.hostNetwork=true');
    expect(await strategy()).toMatchObject({ rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } });
    await helm(...upgrade, 'webhook.hostNetwork=false');
  });

  it('goes back to the release before', { timeout: 120_000 }, async () => {
    await helm('rollback', 'tidegate', '1');
    await eventually('the older definition', async () => {
      const { status } = await api.post(`${policies}?dryRun=All`, policyDocument('again', faulty));
      return status === 201 ? true : undefined;
    });
    expect(await argsOf('controllers')).toContain('--log-configs=off');
    expect((await api.get(`${policies}/before`)).status).toBe(200);
  });

  it(
    'leaves the CRD and the policies when it is uninstalled, and finds them again',
    { timeout: 120_000 },
    async () => {
      await helm('uninstall', 'tidegate');
      expect((await api.get(hooks)).status).toBe(404);
      expect((await api.get(deployment('webhook'))).status).toBe(404);
      expect((await api.get(`${policies}/before`)).status).toBe(200);
      await helm('install', 'tidegate', chart);
      expect((await api.get(`${policies}/before`)).status).toBe(200);
      expect(await argsOf('webhook')).toContain('webhook');
    },
  );

  it('has the roles that log CRs need', { timeout: 120_000 }, async () => {
    const configs = `/apis/log.alibabacloud.com/v1alpha1/namespaces/${namespace}/aliyunlogconfigs`;
    await define(api, aliyunLogConfigs);
    await served(api, configs);
    const token = await api.cluster.tokenOf(namespace, 'tidegate-controllers');
    const { failures } = startLogConfigOn({ ...api.cluster, token }, namespace);
    expect((await api.post(policies, policyDocument('logs', slsLogs()))).status).toBe(201);
    await eventually('Pending', async () => {
      const { conditions = [] } = (await api.get(`${policies}/logs`)).body.status ?? {};
      return conditions.some(({ reason }: Parsed) => reason === 'Pending') ? true : undefined;
    });
    expect((await api.get(`${configs}/tidegate-logs`)).status).toBe(200);
    await api.patch('merge', `${policies}/logs`, { spec: { logs: null } });
    await eventually('no log CR', async () =>
      (await api.get(`${configs}/tidegate-logs`)).status === 404 ? true : undefined,
    );
    expect(failures).toEqual([]);
  });
});

function run(args: readonly string[], home: string): Promise<string> {
  const file = process.env['HELM'] ?? own;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: { HOME: home, PATH: process.env['PATH'] } });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`helm ${args.join(' ')}: ${text}`));
    });
  });
}
