import { describe, expect, it, onTestFinished } from 'vitest';
import { createCronJobs } from '../../src/controllers/cron-jobs.js';
import { createPolicyStatus } from '../../src/controllers/policy-status/index.js';
import type { Client } from '../../src/kube/client.js';
import { kindOf } from '../../src/kube/errors.js';
import type { KubeObject } from '../../src/kube/object.js';
import { resources } from '../../src/kube/resource.js';
import type { JsonObject } from '../../src/objects/json.js';
import { compile } from '../../src/placement/compile.js';
import { policyCrd } from '../../src/policy/crd.js';
import { providers } from '../../src/providers/registry.js';
import { createClusterView } from '../../src/sources/cluster.js';
import { createPolicyObjects } from '../../src/sources/policy-objects.js';
import { createSnapshotHolder } from '../../src/sources/snapshot.js';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';
import { adoptionCluster } from '../support/adoption.js';
import { cronJob } from '../support/build.js';
import { answered } from '../support/eventually.js';
import { policyDocument } from '../support/policy.js';

const byName = new Map(providers.map((provider) => [provider.name, provider]));

/** Policies as objects, what serves of them, and the controller that keeps their status. */
function following(client: Client) {
  const parts = { client, clock: systemClock, random: systemRandom };
  const view = createClusterView({ ...parts, pendingPods: false });
  const holder = createSnapshotHolder({
    compile: (policy) => compile(policy, byName),
    observe: false,
    namespaceLabels: view.namespaceLabels,
  });
  const listeners: (() => void)[] = [];
  const faults: unknown[] = [];
  const policies = createPolicyObjects({
    ...parts,
    onFault: (error) => faults.push(error),
    offer: (read) => {
      if (holder.offer(read) === 'loaded') for (const listener of listeners) listener();
    },
  });
  const cronJobs = createCronJobs({
    ...parts,
    view,
    snapshot: () => holder.current(),
    onSnapshot: (listener) => void listeners.push(listener),
    onFault: () => undefined,
  });
  const failures: unknown[] = [];
  const controller = createPolicyStatus({
    ...parts,
    policies,
    cronJobs,
    snapshot: () => holder.current(),
    onSnapshot: (listener) => void listeners.push(listener),
    onFailed: (_, error) => failures.push(error),
  });
  const stop = new AbortController();
  const never = new AbortController().signal;
  const running = Promise.all([
    view.run(stop.signal),
    policies.run(stop.signal),
    controller.observe(stop.signal),
    controller.lead({ number: 0, signal: never, isValid: () => true }, stop.signal),
  ]);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const names = () => holder.current()?.index.ordered.map(({ policy }) => policy.metadata.name);
  return { holder, names, failures, faults };
}

const create = (client: Client, name: string, spec: Record<string, unknown> = {}) =>
  client.create(resources.virtualNodePolicies, {}, policyDocument(name, spec) as JsonObject);

const get = (client: Client, name: string) => client.get(resources.virtualNodePolicies, { name });

const change = (client: Client, name: string, spec: JsonObject) =>
  client.patch(resources.virtualNodePolicies, { name }, { type: 'merge', body: { spec } });

/** What the definition cannot see. */
const unknown = { placement: { type: 'VirtualOnly', providers: [{ name: 'nobody' }] } };

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

const statusOf = (object: KubeObject) =>
  (object['status'] ?? {}) as {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly workloads?: {
      readonly placed: number;
      readonly missed: number;
      readonly skipped: readonly object[];
    };
  };

const condition = (object: KubeObject, type: string) =>
  statusOf(object).conditions?.find((one) => one.type === type);

async function withCrd() {
  const { client } = await adoptionCluster();
  await client.create(resources.customResourceDefinitions, {}, policyCrd());
  return client;
}

describe('policies as objects', () => {
  it('serve, follow what is changed, and none at all is no fault', async () => {
    const client = await withCrd();
    const { holder, names } = following(client);
    await answered(names, (found) => found?.length === 0);
    expect(holder.status()).toMatchObject({ loaded: 0, fault: undefined });
    await create(client, 'a');
    await create(client, 'b', { priority: 5 });
    await answered(names, (found) => found?.join() === 'b,a');
    await client.delete(resources.virtualNodePolicies, { name: 'b' });
    await answered(names, (found) => found?.join() === 'a');
  });

  it('are followed from when there is a definition of them', async () => {
    const { client } = await adoptionCluster();
    const { holder, names, faults } = following(client);
    await answered(
      () => faults[0],
      (fault) => kindOf(fault) === 'not-found',
    );
    expect([holder.status().loaded, names()]).toEqual([undefined, undefined]);
    await client.create(resources.customResourceDefinitions, {}, policyCrd());
    await create(client, 'a');
    await answered(names, (found) => found?.join() === 'a');
  });

  it('keep their last good generation where a newer one is faulty, and take nothing from the others', async () => {
    const client = await withCrd();
    await create(client, 'a', { priority: 1 });
    await create(client, 'b');
    const { holder, names } = following(client);
    await answered(names, (found) => found?.join() === 'a,b');
    await change(client, 'a', unknown);
    await answered(
      () => holder.status().fault?.message,
      (fault) =>
        fault?.includes('VirtualNodePolicy a: spec.placement.providers[0].name: expected one of') === true,
    );
    expect(names()).toEqual(['a', 'b']);
    await create(client, 'c', unknown);
    await answered(
      () => holder.status().fault?.message,
      (fault) => fault?.includes('2 faults') === true,
    );
    expect(names()).toEqual(['a', 'b']);
    const told = await answered(
      () => get(client, 'a'),
      (one) => condition(one, 'Accepted')?.status === 'False',
    );
    expect(condition(told, 'Accepted')).toMatchObject({
      reason: 'Invalid',
      message: expect.stringMatching(
        /^spec\.placement\.providers\[0\]\.name: expected one of alibaba-acs, .*, got "nobody"$/,
      ) as string,
    });
    expect(condition(told, 'Active')).toMatchObject({ status: 'True', reason: 'LastGoodServes' });
    const never = await answered(
      () => get(client, 'c'),
      (one) => condition(one, 'Active') !== undefined,
    );
    expect(condition(never, 'Active')).toMatchObject({ status: 'False', reason: 'NotAccepted' });
  });

  it('tell what became of the CronJobs that they decide about', async () => {
    const client = await withCrd();
    for (const name of ['one', 'two'])
      await client.create(resources.cronJobs, { namespace: 'apps' }, cronJob({ metadata: { name } }));
    const host = cronJob({ metadata: { name: 'host' }, pod: { spec: { hostNetwork: true } } });
    await client.create(resources.cronJobs, { namespace: 'apps' }, host);
    await create(client, 'a', { placement: { type: 'VirtualOnly', providers: [{ name: 'alibaba-eci' }] } });
    const { failures } = following(client);
    const told = await answered(
      () => get(client, 'a'),
      (one) => statusOf(one).workloads?.missed === 2,
    );
    expect(statusOf(told)).toMatchObject({
      observedGeneration: 1,
      workloads: { placed: 0, missed: 2, outdated: 0, skipped: [{ reason: 'host-network', count: 1 }] },
    });
    expect(condition(told, 'Active')).toMatchObject({ status: 'True', reason: 'Serving' });

    const { resourceVersion } = told.metadata;
    await systemClock.sleep(2500);
    expect((await get(client, 'a')).metadata.resourceVersion).toBe(resourceVersion);
    expect(failures).toEqual([]);

    await change(client, 'a', { mode: 'Observe' });
    const observing = await answered(
      () => get(client, 'a'),
      (one) => condition(one, 'Active')?.reason === 'Observing' && statusOf(one).workloads?.missed === 0,
    );
    expect(statusOf(observing).observedGeneration).toBe(2);
  });
});
