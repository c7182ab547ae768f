import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/policy/parse.js';
import { readFlags } from '../../src/cmd/webhook-flags.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${root}README.md`, 'utf8');
const blocks = (language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, body]) => body ?? '');
const commands = blocks('sh').flatMap((block) =>
  block
    .trim()
    .split('\n')
    .map((line) => line.split(' ')),
);
const [own, others] = [true, false].map((ours) =>
  commands.filter(([word]) => (word === 'bin/tidegate') === ours),
);

describe('README.md', () => {
  it('fits two screens', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(110);
  });

  it.each(
    (own ?? []).filter(([, name]) => name !== 'webhook').map((argv) => [argv.join(' '), argv] as const),
  )('has a command that works: %s', async (_, [file = '', ...args]) => {
    const { stdout } = await promisify(execFile)(file, args, { cwd: root });
    expect(stdout).not.toBe('');
  });

  it('has a webhook command whose flags are known, and flags in its table that are', () => {
    const [argv = []] = (own ?? []).filter(([, name]) => name === 'webhook');
    expect(readFlags(argv.slice(2)).policies).toEqual(['examples/policies']);
    const usage = readFileSync(`${root}src/cmd/webhook-flags.ts`, 'utf8');
    const flags = [...text.matchAll(/`(--[a-z-]+) [A-Z]+`|`(--observe)`/g)].map(([, one, two]) => one ?? two);
    expect(flags.length).toBeGreaterThan(6);
    for (const flag of flags) expect(usage).toContain(`  ${flag}`);
  });

  it('names targets that the Makefile has', () => {
    const makefile = readFileSync(`${root}Makefile`, 'utf8');
    const targets = (others ?? []).flatMap(([word, ...names]) => (word === 'make' ? names : [word]));
    expect(targets).toContain('demo');
    for (const target of targets) expect(makefile).toMatch(new RegExp(`^${target}:`, 'm'));
  });

  it('has a policy without a fault', () => {
    const [policy = ''] = blocks('yaml');
    expect(parsePolicy(parse(policy))).toMatchObject({ ok: true });
  });

  it('links to what is there', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !existsSync(root + link))).toEqual([]);
  });
});
