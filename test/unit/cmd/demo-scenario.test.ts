import { describe, expect, it } from 'vitest';
import { main } from '../../../src/cli.js';
import type { Comparison } from '../../../src/sim/scenario/compare.js';

async function demo(...args: string[]) {
  const out = { stdout: '', stderr: '' };
  const code = await main(['demo', ...args], {
    stdout: (text) => (out.stdout += text),
    stderr: (text) => (out.stderr += text),
  });
  return { code, ...out };
}

describe('tidegate demo --scenario', () => {
  it('prints a plain report that ends with what to take from it', async () => {
    const { code, stdout, stderr } = await demo('--scenario', 'deploy');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^deploy {2}with tidegate\n/);
    expect(stdout).toContain('What to take from it\n- tidegate rewrote 6 objects');
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toMatch(/[{}]/);
  });

  it('plays the same without tidegate', async () => {
    const { stdout } = await demo('--scenario', 'deploy', '--without-tidegate', '-o', 'json');
    const report = JSON.parse(stdout) as { tidegate: boolean; admission: unknown[] };
    expect([report.tidegate, report.admission]).toEqual([false, []]);
  });

  it('plays evening both ways: with marks no ordinary pod goes before a virtual one, and less is paid for', async () => {
    const { code, stdout } = await demo('--scenario', 'evening', '--compare', '-o', 'json');
    const { without, with: withIt } = JSON.parse(stdout) as Comparison;
    expect(code).toBe(0);
    expect(withIt.scaleDown?.realBeforeVirtual).toBe(0);
    expect(without.scaleDown?.realBeforeVirtual).toBeGreaterThan(0);
    expect([withIt.nodes?.virtual.at(-1), withIt.nodes?.real.at(-1)]).toEqual([0, 60]);
    expect(without.nodes?.virtual.at(-1)).toBeGreaterThan(0);
    const paid = [without, withIt].map(({ nodes }) => nodes?.podHours.virtual ?? 0);
    expect(paid[0]).toBeGreaterThan(paid[1] ?? 0);
  });

  it('prints both side by side', async () => {
    const { stdout } = await demo('--scenario', 'evening', '--compare');
    expect(stdout).toMatch(/\nSide by side\n +without +with\npods on virtual nodes that went +\d+ +100\n/);
  });

  it.each([
    {
      name: 'both ways and one of them',
      args: ['--scenario', 'evening', '--compare', '--without-tidegate'],
      code: 2,
      says: '--compare plays it without tidegate too',
    },
    {
      name: 'a name that is none',
      args: ['--scenario', 'noon'],
      code: 1,
      says: 'expected a file or one of deploy, midnight',
    },
    {
      name: 'an output that is none',
      args: ['--scenario', 'deploy', '-o', 'xml'],
      code: 2,
      says: '--output: expected one of text, json',
    },
  ])('refuses $name', async ({ args, code, says }) => {
    const ended = await demo(...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(says);
  });
});
