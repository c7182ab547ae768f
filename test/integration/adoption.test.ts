import { describe, expect, it } from 'vitest';
import { revertCluster } from '../../src/controllers/adoption/revert.js';
import { auditCluster } from '../../src/controllers/adoption/audit.js';
import type { Client } from '../../src/kube/client.js';
import { KubeError } from '../../src/kube/errors.js';
import type { KubeObject } from '../../src/kube/object.js';
import { resources } from '../../src/kube/resource.js';
import type { JsonObject } from '../../src/objects/json.js';
import { webhookConfiguration } from '../../src/webhook/configuration.js';
import { adoptionCluster, namespace, startAdoption } from '../support/adoption.js';
import { cronJob } from '../support/build.js';
import { answered } from '../support/eventually.js';
import { policy } from '../support/policy.js';
import { snapshot } from '../support/snapshot.js';

const record = 'tidegate.io/placement';
const optIn = 'tidegate.io/virtual-nodes';

const named = (name: string, at = 'apps', more: Parameters<typeof cronJob>[0] = {}) =>
  cronJob({ ...more, metadata: { name, namespace: at, ...more.metadata } });

const get = (client: Client, name: string, at = 'apps') =>
  client.get(resources.cronJobs, { namespace: at, name });

const create = (client: Client, object: ReturnType<typeof cronJob>, at = 'apps') =>
  client.create(resources.cronJobs, { namespace: at }, object);

/** All but what every write changes. */
const content = ({ metadata, ...rest }: KubeObject) => ({
  ...rest,
  apiVersion: '',
  kind: '',
  metadata: { ...metadata, resourceVersion: '', generation: 0, managedFields: [] },
});

const isPlaced = ({ metadata: { annotations = {} } }: KubeObject) => annotations[record] !== undefined;

const kwok = policy('kwok');
const nobody = policy('nobody', { match: { namespaces: { names: ['elsewhere'] } } });

describe('adoption', () => {
  it('places what was there before, leaves alone what is not opted in, and writes no more after that', async () => {
    const { client } = await adoptionCluster();
    await client.create(resources.namespaces, {}, namespace('other', false));
    await create(client, named('a'));
    await create(client, named('b', 'other'), 'other');
    const { results, failures } = startAdoption(client, [kwok]);

    await answered(
      () => results,
      ({ placed }) => placed === 1,
    );
    const adopted = await get(client, 'a');
    expect(isPlaced(adopted)).toBe(true);
    expect(adopted.metadata['managedFields']).toHaveLength(1);
    expect(isPlaced(await get(client, 'b', 'other'))).toBe(false);
    const before = adopted.metadata.resourceVersion;
    await client.patch(
      resources.cronJobs,
      { namespace: 'apps', name: 'a' },
      { type: 'merge', body: { metadata: { labels: { touched: 'yes' } } } },
    );
    const after = await get(client, 'a');
    expect(after.metadata.resourceVersion).not.toBe(before);
    expect(results['placed']).toBe(1);
    expect(failures).toEqual([]);
  });

  it('leaves its own namespace alone, as the webhook does', async () => {
    const { client } = await adoptionCluster();
    await client.create(resources.namespaces, {}, namespace('tidegate-system', true));
    await create(client, named('own', 'tidegate-system'), 'tidegate-system');
    await create(client, named('a'));
    const { results, standings } = startAdoption(client, [kwok], { ownNamespace: 'tidegate-system' });
    await answered(
      () => results,
      ({ placed }) => placed === 1,
    );
    expect(isPlaced(await get(client, 'a'))).toBe(true);
    expect(standings.get('tidegate-system/own')).toMatchObject({
      standing: 'left-alone',
      because: 'system-namespace',
    });
  });

  it('gives a CronJob back byte for byte when its namespace opts out', async () => {
    const { client } = await adoptionCluster();
    const own = {
      spec: { tolerations: [{ key: 'mine', operator: 'Exists' }], nodeSelector: { disk: 'ssd' } },
    };
    const original = await create(client, named('a', 'apps', { pod: own }));
    const { results } = startAdoption(client, [kwok]);
    await answered(() => get(client, 'a'), isPlaced);

    const body = { metadata: { labels: { [optIn]: null } } };
    await client.patch(resources.namespaces, { name: 'apps' }, { type: 'merge', body });
    const reverted = await answered(
      () => get(client, 'a'),
      (one) => !isPlaced(one),
    );
    expect(content(reverted)).toEqual(content(original));
    await answered(
      () => results,
      (all) => all['taken-back'] === 1,
    );
    expect((await get(client, 'a')).metadata['managedFields']).toEqual(original.metadata['managedFields']);
  });

  it('follows a policy that changes and one that goes', async () => {
    const { client } = await adoptionCluster();
    const original = await create(client, named('a'));
    const running = startAdoption(client, [kwok]);
    await answered(() => get(client, 'a'), isPlaced);

    const env = [{ name: 'RUNTIME', value: 'serverless' }];
    running.serve([policy('kwok', { env })]);
    await answered(
      () => get(client, 'a'),
      (one) => JSON.stringify(one).includes('serverless'),
    );

    running.serve([nobody]);
    const reverted = await answered(
      () => get(client, 'a'),
      (one) => !isPlaced(one),
    );
    expect(content(reverted)).toEqual(content(original));
  });

  it('leaves the owner of a field its owner: the next server-side apply is not refused', async () => {
    const { client } = await adoptionCluster();
    const own = { spec: { tolerations: [{ key: 'mine', operator: 'Exists' }] } };
    const target = { namespace: 'apps', name: 'a' };
    const apply = (tolerations: object[]) =>
      client.patch(
        resources.cronJobs,
        target,
        { type: 'apply', body: named('a', 'apps', { pod: { spec: { ...own.spec, tolerations } } }) },
        { fieldManager: 'gitops' },
      );
    const applied = await apply(own.spec.tolerations);
    const { results } = startAdoption(client, [kwok]);
    await answered(
      () => results,
      ({ placed }) => placed === 1,
    );
    expect((await get(client, 'a')).metadata['managedFields']).toEqual(applied.metadata['managedFields']);
    await expect(apply([{ key: 'other', operator: 'Exists' }])).resolves.toBeDefined();
  });

  it('takes its name off again where its process ended between two writes', async () => {
    const { client } = await adoptionCluster();
    await create(client, named('a'));
    const body = [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }];
    const options = { fieldManager: 'tidegate-adoption' };
    await client.patch(resources.cronJobs, { namespace: 'apps', name: 'a' }, { type: 'json', body }, options);
    startAdoption(client, [nobody]);
    const managers = await answered(
      async () => JSON.stringify((await get(client, 'a')).metadata['managedFields']),
      (text) => !text.includes('tidegate-adoption'),
    );
    expect(managers).toContain('"manager"');
  });

  it('only tells in report mode, and respects Observe', async () => {
    const { client } = await adoptionCluster();
    await create(client, named('a'));
    const reporting = startAdoption(client, [kwok], { mode: 'report' });
    await answered(
      () => Promise.resolve(reporting.standings.get('apps/a')?.standing),
      (standing) => standing === 'missed',
    );
    const observing = startAdoption(client, [policy('kwok', { mode: 'Observe' })]);
    await answered(
      () => Promise.resolve(observing.standings.get('apps/a')?.because),
      (because) => because === 'policy-observes',
    );
    expect(isPlaced(await get(client, 'a'))).toBe(false);
    expect([reporting.results, observing.results]).toEqual([{}, {}]);
  });

  it('is told of by the audit: how each stands, and why', async () => {
    const { client } = await adoptionCluster();
    await create(client, named('a'));
    const audit = async (policies: Parameters<typeof snapshot>[0]) => {
      const [entry] = await auditCluster({ client, policies: snapshot(policies) });
      return [entry?.standing, entry?.reason, entry?.policy];
    };
    expect(await audit([nobody])).toEqual(['left-alone', 'no-policy-matches', undefined]);
    expect(await audit([kwok])).toEqual(['missed', 'not-placed', 'kwok']);
    startAdoption(client, [kwok]);
    await answered(() => get(client, 'a'), isPlaced);
    expect(await audit([kwok])).toEqual(['as-wanted', 'already-placed', 'kwok']);
    const other = policy('kwok', { env: [{ name: 'RUNTIME', value: 'serverless' }] });
    expect(await audit([other])).toEqual(['would-change', 'outdated', 'kwok']);
    expect(await audit([nobody])).toEqual(['would-change', 'no-policy-matches', undefined]);
  });

  it('is told of by the audit as left alone where a selector of the webhook leaves it out', async () => {
    const { client } = await adoptionCluster();
    await client.create(resources.namespaces, {}, namespace('own', true));
    await create(client, named('a'));
    await create(client, named('b', 'apps', { metadata: { labels: { move: 'yes' } } }));
    await create(client, named('c', 'own', { metadata: { labels: { move: 'yes' } } }), 'own');
    const configuration = webhookConfiguration({
      name: 'tidegate',
      url: 'https://127.0.0.1:1',
      caBundle: '',
    });
    const [workloads, ...others] = configuration['webhooks'] as JsonObject[];
    const notOwn = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['own'] };
    const narrow = {
      ...workloads,
      namespaceSelector: { matchLabels: { [optIn]: 'enabled' }, matchExpressions: [notOwn] },
      objectSelector: { matchLabels: { move: 'yes' } },
    };
    await client.create(resources.mutatingWebhooks, {}, { ...configuration, webhooks: [narrow, ...others] });
    const audit = async (asked: Pick<Client, 'list'> = client) => {
      const entries = await auditCluster({ client: asked, policies: snapshot([kwok]) });
      return entries.map(({ name, standing, reason }) => `${name} ${standing} ${reason}`);
    };
    expect(await audit()).toEqual([
      'a left-alone webhook-not-asked',
      'b missed not-placed',
      'c left-alone webhook-not-asked',
    ]);
    const mayNotRead: Pick<Client, 'list'> = {
      list: (resource, ...rest) =>
        resource.plural === 'mutatingwebhookconfigurations'
          ? Promise.reject(new KubeError('no', { kind: 'forbidden' }))
          : client.list(resource, ...rest),
    };
    expect(await audit(mayNotRead)).toEqual(['a', 'b', 'c'].map((name) => `${name} missed not-placed`));
  });

  it('is told of by the audit though it opted out, where it is placed still', async () => {
    const { client } = await adoptionCluster();
    await create(client, named('a'));
    const running = startAdoption(client, [kwok]);
    await answered(() => get(client, 'a'), isPlaced);
    await running.stop();
    const configuration = webhookConfiguration({
      name: 'tidegate',
      url: 'https://127.0.0.1:1',
      caBundle: '',
    });
    await client.create(resources.mutatingWebhooks, {}, configuration);
    const body = { metadata: { labels: { [optIn]: null } } };
    await client.patch(resources.namespaces, { name: 'apps' }, { type: 'merge', body });
    const [entry] = await auditCluster({ client, policies: snapshot([kwok]) });
    expect(entry).toMatchObject({ standing: 'would-change', reason: 'namespace-not-opted-in' });
  });

  it('adopts, audits and reverts many: what is reverted equals what was there', async () => {
    const { client } = await adoptionCluster();
    const names = Array.from({ length: 300 }, (_, i) => `job-${String(i)}`);
    const originals = await Promise.all(names.map((name) => create(client, named(name))));
    const running = startAdoption(client, [kwok]);
    await answered(
      () => running.results,
      ({ placed }) => placed === names.length,
    );

    const entries = await auditCluster({ client, policies: snapshot([kwok]) });
    expect(new Set(entries.map(({ standing }) => standing))).toEqual(new Set(['as-wanted']));
    expect(entries).toHaveLength(names.length);

    await running.stop();
    const lines: string[] = [];
    const tell = (line: string) => lines.push(line);
    const reverted = await revertCluster({
      client,
      namespaces: undefined,
      optOut: true,
      dryRun: false,
      tell,
    });
    expect(reverted).toEqual({ reverted: names.length, untouched: 0, failed: 0 });
    expect(lines).toEqual(['namespace apps opted out']);
    const { items } = await client.list(resources.cronJobs, { namespace: 'apps', limit: 1000 });
    const byName = new Map(items.map((one) => [one.metadata.name, one]));
    for (const original of originals) {
      const now = byName.get(original.metadata.name);
      expect(now && content(now)).toEqual(content(original));
    }
  });

  it('is in no hurry to write again what somebody else changes in the same write', async () => {
    const { client } = await adoptionCluster();
    await create(client, named('a'));
    const patches: string[] = [];
    const stubborn: Client = {
      ...client,
      patch: async (resource, target) => {
        patches.push(target.name ?? '');
        const unchanged = await client.get(resource, target);
        return { ...unchanged, metadata: { ...unchanged.metadata, managedFields: [] } };
      },
    };
    const { results } = startAdoption(stubborn, [kwok]);
    await answered(
      () => results,
      ({ contested }) => contested === 1,
    );
    await client.patch(
      resources.cronJobs,
      { namespace: 'apps', name: 'a' },
      { type: 'merge', body: { metadata: { labels: { touched: 'yes' } } } },
    );
    await create(client, named('b'));
    await answered(
      () => results,
      ({ contested }) => contested === 2,
    );
    expect(patches).toEqual(['a', 'b']);
  });

  it('places what was not wanted for the moment in which it was looked at', async () => {
    const { client } = await adoptionCluster();
    await create(client, named('a'));
    let looks = 0;
    const flapping: Client = {
      ...client,
      get: async (...asked) => {
        looks += 1;
        const found = await client.get(...asked);
        if (looks > 1) return found;
        running.serve([nobody]);
        setTimeout(() => {
          running.serve([kwok]);
        }, 10);
        return found;
      },
    };
    const running = startAdoption(flapping, [kwok]);
    await answered(
      () => running.results,
      ({ placed }) => placed === 1,
    );
    expect(running.results['kept']).toBeGreaterThan(0);
  });

  it('is neither audited nor reverted in a namespace that there is not', async () => {
    const { client } = await adoptionCluster();
    await create(client, named('a'));
    const audit = auditCluster({ client, policies: snapshot([kwok]), namespace: 'appz' });
    await expect(audit).rejects.toMatchObject({
      code: 'object-not-found',
      message: 'the cluster has no namespace appz',
    });
    const lines: string[] = [];
    const tell = (line: string) => lines.push(line);
    const namespaces = ['apps', 'appz', 'shop'];
    const revert = revertCluster({ client, namespaces, optOut: true, dryRun: false, tell });
    await expect(revert).rejects.toMatchObject({
      code: 'object-not-found',
      message: 'the cluster has no namespaces appz, shop',
    });
    expect(lines).toEqual([]);
    expect(await auditCluster({ client, policies: snapshot([kwok]), namespace: 'apps' })).toHaveLength(1);
  });

  it('does not revert a namespace that the webhook would place again, and says how to', async () => {
    const { client } = await adoptionCluster();
    const configuration = webhookConfiguration({
      name: 'tidegate',
      url: 'https://127.0.0.1:1',
      caBundle: '',
    });
    await client.create(resources.mutatingWebhooks, {}, configuration);
    const revert = () =>
      revertCluster({
        client,
        namespaces: ['apps'],
        optOut: false,
        dryRun: false,
        tell: () => undefined,
      });
    await expect(revert()).rejects.toThrow(
      'expected namespaces that are not opted in, got apps: the webhook would put everything in again; ' +
        'use --opt-out, or delete the MutatingWebhookConfiguration first',
    );
    await client.delete(resources.mutatingWebhooks, { name: 'tidegate' });
    await expect(revert()).resolves.toEqual({ reverted: 0, untouched: 0, failed: 0 });
  });
});
