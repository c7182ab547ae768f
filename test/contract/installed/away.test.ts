import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policyCrd } from '../../../src/policy/crd.js';
import { answered, eventually } from '../../support/eventually.js';
import { startBalancer, type Balancer } from '../../support/installed/balancer.js';
import { systemNamespace } from '../../support/installed/index.js';
import { installable, policies, portOf, startSystem, type System } from '../../support/installed/system.js';
import { policyDocument } from '../../support/policy.js';
import type { Parsed } from '../cluster/behaviour.js';
import { cronJob, isPlaced } from './traffic.js';

const shop = {
  metadata: { name: 'shop', labels: { 'tidegate.io/virtual-nodes': 'enabled' } },
};
const dryRun = '/apis/batch/v1/namespaces/shop/cronjobs?dryRun=All';
const secret = (name: string) => `/api/v1/namespaces/${systemNamespace}/secrets/${name}`;

const deployed = (system: System): Promise<Parsed> =>
  system.api.post(dryRun, cronJob('probe')).then(({ body }) => body);
const places = (system: System) =>
  answered(
    () => deployed(system),
    (body) => body.kind === 'CronJob' && isPlaced(body),
  );
const readiness = async (system: System, component: string): Promise<Parsed> =>
  JSON.parse((await system.installed.containers(component)[0]?.ops('/readyz'))?.text ?? '{}');

describe.each(installable())('what comes, goes and breaks, on $name', ({ start }) => {
  let system: System;
  let door: Balancer;

  beforeAll(async () => {
    door = await startBalancer();
    const values = { crds: { install: false }, webhook: { replicas: 1 }, controllers: { replicas: 1 } };
    system = await startSystem(start, { values, door, waits: false });
    await system.create('/api/v1/namespaces', shop);
  }, 180_000);
  afterAll(() => system.stop());

  it('without the CRD deploys go on unchanged, and with it the webhook turns ready by itself', async () => {
    const waiting = await answered(
      () => readiness(system, 'webhook').catch(() => ({})),
      ({ policies: { fault = '' } = {} }) => fault.includes('virtualnodepolicies'),
    );
    expect(waiting).toMatchObject({ ready: false, policies: { fault: expect.stringContaining('404') } });
    const { kind, metadata } = await deployed(system);
    expect([kind, metadata.annotations]).toEqual(['CronJob', undefined]);

    await system.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', policyCrd());
    await answered(
      () => system.api.post(policies, policyDocument('kwok')),
      ({ status }) => status === 201,
    );
    await places(system);
    expect(await readiness(system, 'webhook')).toMatchObject({ ready: true });
  });

  it('a policy with a fault says where, and the others go on', async () => {
    const faulty = policyDocument('faulty', {
      priority: 9,
      placement: { type: 'VirtualOnly', providers: [{ name: 'kwok', options: { speed: 9 } }] },
    });
    await system.create(policies, faulty);
    const { status } = await answered(
      () => system.api.get(`${policies}/faulty`).then(({ body }) => body),
      (body) => body.status?.conditions?.length === 2,
    );
    expect(status.conditions[0]).toMatchObject({ type: 'Accepted', status: 'False', reason: 'Invalid' });
    expect(status.conditions[0].message).toContain('spec.placement.providers[0].options.speed');
    const ready = await answered(
      () => readiness(system, 'webhook'),
      ({ policies: { fault } }) => fault !== undefined,
    );
    expect(ready).toMatchObject({ ready: true, policies: { loaded: 1 } });
    await places(system);
    await system.api.delete(`${policies}/faulty`);
    await answered(
      () => readiness(system, 'webhook'),
      ({ policies: { fault } }) => fault === undefined,
    );
  });

  it.each([
    ['tidegate-webhook-tls', { 'tls.crt': 'YnJva2Vu' }],
    ['tidegate-webhook-tls', { 'tls.key': null }],
    ['tidegate-webhook-ca', { 'ca.crt': 'YnJva2Vu' }],
    ['tidegate-webhook-ca', { 'ca.key': null }],
  ])('the Secret %s with %j heals, and no deploy notices', async (name, data) => {
    const before = (await system.api.get(secret(name))).body.data;
    await system.api.patch('merge', secret(name), { data });
    expect(isPlaced(await deployed(system))).toBe(true);
    await system.installed.restart('controllers');
    const after = await answered(
      () => system.api.get(secret(name)).then(({ body }) => body.data),
      (now) => Object.keys(data).every((key) => now[key] !== undefined && now[key] !== 'YnJva2Vu'),
    );
    expect(after).not.toEqual(before);
    expect(isPlaced(await deployed(system))).toBe(true);
  });

  it('while the API server is out of reach the webhook stays ready, and nobody leads', async () => {
    const [controllers] = system.installed.containers('controllers');
    const said = (msg: string) => controllers?.lines().filter((line) => line.msg === msg).length ?? 0;
    await eventually('the controllers to lead', () => said('leads') === 1);
    door.setPorts([]);
    door.cut();
    await eventually('the controllers to give up their lease', () => said('no longer leads') === 1);
    const away = await readiness(system, 'webhook');
    expect(away).toMatchObject({ ready: true, configuration: { trusted: true } });
    expect(isPlaced(await deployed(system))).toBe(true);

    door.setPorts([portOf(system.api.cluster.url)]);
    await eventually('the controllers to lead again', () => said('leads') === 2);
    await system.api.delete(`${policies}/kwok`);
    await answered(
      () => deployed(system),
      (body) => !isPlaced(body),
    );
  });
});
