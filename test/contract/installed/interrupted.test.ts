import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { soon } from '../../support/installed/soon.js';
import {
  installable,
  policies as policyPath,
  startSystem,
  type System,
} from '../../support/installed/system.js';
import { createBefore, cronJobsOf, type Before } from './before.js';
import { namespaces, policies, samples } from './shapes.js';

const optIn = 'tidegate.io/virtual-nodes';

describe.each(installable())('adoption that is interrupted, on $name', ({ start }) => {
  const all = samples(160);
  const wanted = all.filter(({ expected }) => expected.standing === 'as-wanted').length;
  let system: System;
  let before: Before;

  const label = (value: 'enabled' | null) =>
    Promise.all(
      namespaces.map((one) =>
        system.api.patch('merge', `/api/v1/namespaces/${one}`, { metadata: { labels: { [optIn]: value } } }),
      ),
    );
  const placed = () => before.placed(namespaces);
  const killed = async () => {
    for (const { child, exited } of system.installed.containers('controllers')) {
      child.kill('SIGKILL');
      await exited;
    }
  };
  /** What the API server has of those that are placed: how often each was written, and by whom. */
  const written = async () => {
    const generations = new Set<number>();
    const managers = new Set<string>();
    for await (const { metadata } of cronJobsOf(system.api, namespaces)) {
      if (metadata.annotations?.['tidegate.io/placement'] === undefined) continue;
      generations.add(Number(metadata.generation));
      for (const { manager } of metadata.managedFields) managers.add(String(manager));
    }
    return { generations: [...generations], hasOurName: managers.has('tidegate-adoption') };
  };

  beforeAll(async () => {
    // Slow enough that there is a middle.
    const values = { controllers: { replicas: 1, adoption: { mode: 'on', qps: 40 } } };
    system = await startSystem(start, { values });
    for (const policy of policies) await system.create(policyPath, policy);
    for (const one of namespaces) await system.create('/api/v1/namespaces', { metadata: { name: one } });
    before = await createBefore(system.api, all);
  });
  afterAll(() => system.stop());

  it('ends with all adopted, each by one write, where the controllers are killed twice', async () => {
    await label('enabled');
    for (const share of [0.3, 0.6]) {
      while ((await placed()) < wanted * share) await sleep(20);
      await killed();
      expect(await placed()).toBeLessThan(wanted);
      await system.installed.add('controllers');
    }
    await soon(placed, wanted);
    await soon(written, { generations: [2], hasOurName: false });
    expect((await system.tidegate('audit')).code).toBe(0);
  });

  it('gives all back as they were where the controllers are killed then', async () => {
    await label(null);
    while ((await placed()) > wanted / 2) await sleep(20);
    await killed();
    expect(await placed()).toBeGreaterThan(0);
    await system.installed.add('controllers');
    await soon(placed, 0);
    expect(await before.different(namespaces)).toEqual([]);
  });

  it.each(['enabled', null] as const)('ends as the last opt-in says after many: %s', async (last) => {
    for (let i = 0; i < 10; i++) {
      await label(i % 2 === 0 ? null : 'enabled');
      await sleep(300);
    }
    await label(last);
    await soon(placed, last === null ? 0 : wanted);
    expect((await system.tidegate('audit')).code).toBe(0);
    if (last === null) expect(await before.different(namespaces)).toEqual([]);
  });

  it('ends within seconds on SIGTERM, and gives the Lease back', async () => {
    await label('enabled');
    while ((await placed()) === 0) await sleep(20);
    const lead = system.installed.containers('controllers').find(({ isReady }) => isReady());
    const ended = { code: undefined as number | null | undefined };
    void lead?.terminate().then((code) => (ended.code = code));
    await eventually('the controllers to end', () => ended.code !== undefined);
    expect(ended.code).toBe(0);
    expect(await placed()).toBeLessThan(wanted);
    const { body } = await system.api.get(
      '/apis/coordination.k8s.io/v1/namespaces/tidegate-system/leases/tidegate-controllers',
    );
    expect(body.spec.holderIdentity ?? '').toBe('');
    expect((await written()).hasOurName).toBe(false);
  });
});
