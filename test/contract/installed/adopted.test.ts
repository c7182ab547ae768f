import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/controllers/adoption/audit.js';
import {
  installable,
  policies as policyPath,
  startSystem,
  type System,
} from '../../support/installed/system.js';
import { soon } from '../../support/installed/soon.js';
import { createBefore, cronJobsOf, type Before } from './before.js';
import { namespaces, policies, samples } from './shapes.js';

/** How many are there before; the run that counts has 10,000. */
const count = Number(process.env['TIDEGATE_CRONJOBS'] ?? 300);
const hour = 3_600_000;
const optIn = 'tidegate.io/virtual-nodes';

describe.each(installable())('CronJobs that were there before, on $name', ({ name, start }) => {
  const report: string[] = [];
  const all = samples(count);
  const wanted = (some: readonly string[]) =>
    all.filter(({ namespace, expected }) => expected.standing === 'as-wanted' && some.includes(namespace))
      .length;
  let system: System;
  let before: Before;

  const label = async (some: readonly string[], value: string | null) => {
    for (const one of some)
      await system.api.patch('merge', `/api/v1/namespaces/${one}`, {
        metadata: { labels: { [optIn]: value } },
      });
  };
  const timed = async (what: string, work: () => Promise<void>) => {
    const from = performance.now();
    await work();
    report.push(
      `${count} CronJobs on ${name}: ${what} in ${((performance.now() - from) / 1000).toFixed(1)} s`,
    );
  };

  beforeAll(async () => {
    const values = { controllers: { adoption: { mode: 'on', qps: 1000 } } };
    system = await startSystem(start, { values });
    for (const policy of policies) await system.create(policyPath, policy);
    for (const one of namespaces) await system.create('/api/v1/namespaces', { metadata: { name: one } });
    await timed('created', async () => {
      before = await createBefore(system.api, all);
    });
  }, hour);
  afterAll(async () => {
    await system.stop();
    process.stdout.write(`${report.join('\n')}\n`);
  }, 60_000);

  it('are adopted once their namespaces opt in', { timeout: hour }, async () => {
    expect(before.count).toBe(count);
    expect(await before.placed(namespaces)).toBe(0);
    await timed('adopted', async () => {
      await label(namespaces, 'enabled');
      await soon(() => before.placed(namespaces), wanted(namespaces));
    });
  });

  it('are all in the audit, with how each stands and why', { timeout: hour }, async () => {
    await timed('audited', async () => {
      const { code, stdout, stderr } = await system.tidegate('audit', '-o', 'json');
      expect([code, stderr]).toEqual([0, '']);
      const entries = JSON.parse(stdout) as readonly AuditEntry[];
      const told = new Map(entries.map((one) => [`${one.namespace}/${one.name}`, one]));
      const wrong = all.filter(({ namespace, object, expected: { standing, reason } }) => {
        const entry = told.get(`${namespace}/${object.metadata.name}`);
        return entry?.standing !== standing || entry.reason !== reason;
      });
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(entries).toHaveLength(count);
    });
    const { stdout } = await system.tidegate('audit');
    const placed = wanted(namespaces);
    expect(stdout.trim().split('\n').at(-1)).toBe(
      `${count} workloads: ${placed} as-wanted, 0 missed, 0 would-change, ${count - placed} left-alone`,
    );
  });

  it.each([['audit'], ['revert']])(
    'are no success of tidegate %s in a namespace that there is not',
    async (name) => {
      const { code, stdout, stderr } = await system.tidegate(name, '-n', 'nowhere');
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('the cluster has no namespace nowhere');
    },
  );

  it('are given back as they were where their namespace opts out', { timeout: hour }, async () => {
    const out = namespaces.slice(0, 2);
    await timed('half of them given back by opting out', async () => {
      await label(out, null);
      await soon(() => before.placed(out), 0);
    });
    expect(await before.different(out)).toEqual([]);
    expect(await before.placed(namespaces)).toBe(wanted(namespaces.slice(2)));
  });

  it('are given back as they were by tidegate revert', { timeout: hour }, async () => {
    await label(namespaces, 'enabled');
    await soon(() => before.placed(namespaces), wanted(namespaces));
    await timed('reverted', async () => {
      const { code, stdout, stderr } = await system.tidegate('revert', '--all', '--opt-out');
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.trim().split('\n').at(-1)).toMatch(
        /^\d+ CronJobs reverted, \d+ had nothing .*, 0 failed$/,
      );
    });
    expect(await before.different(namespaces)).toEqual([]);
    const managers = new Set<string>();
    for await (const { metadata } of cronJobsOf(system.api, namespaces))
      for (const { manager } of metadata.managedFields) managers.add(manager);
    expect([...managers]).not.toContain('tidegate-adoption');
  });
});
