import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../../src/cli.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-certs-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function certs(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(['certs', ...args], {
    stdout: (text) => out.push(text),
    stderr: (text) => err.push(text),
  });
  return { code, stdout: out.join(''), stderr: err.join('') };
}

describe('tidegate certs', () => {
  it('makes an authority and a certificate that fit, keys for their owner alone', async () => {
    const out = join(folder, 'new');
    const { code, stdout } = await certs(
      '--out',
      out,
      '--dns',
      'webhook.test',
      '--dns',
      '10.0.0.1',
      '--days',
      '7',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('valid for 7 days');
    expect((await readdir(out)).sort()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
    const ca = new X509Certificate(await readFile(join(out, 'ca.crt')));
    const leaf = new X509Certificate(await readFile(join(out, 'tls.crt')));
    expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey)).toBe(true);
    for (const name of ['localhost', 'tidegate-webhook.tidegate.svc', 'webhook.test']) {
      expect(leaf.checkHost(name)).toBe(name);
    }
    expect(leaf.checkIP('127.0.0.1') && leaf.checkIP('10.0.0.1')).toBe('10.0.0.1');
    for (const name of ['ca.key', 'tls.key']) {
      expect((await stat(join(out, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('replaces nothing unless told to, and then keeps keys to their owner', async () => {
    await writeFile(join(folder, 'tls.key'), 'precious', { mode: 0o644 });
    const refused = await certs('--out', folder);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('tls.key is there already: --force replaces it');
    expect(await readdir(folder)).toEqual(['tls.key']);
    expect(await certs('--out', folder, '--force')).toMatchObject({ code: 0 });
    expect((await stat(join(folder, 'tls.key'))).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['no folder', [], '--out is required'],
    ['no days', ['--out', 'x', '--days', '0'], '--days: expected a whole number from 1 to 3650'],
    ['days in words', ['--out', 'x', '--days', 'ten'], "got 'ten'"],
    ['a URL for a name', ['--out', 'x', '--dns', 'https://a'], '--dns: expected a DNS name or an IP address'],
    ['an empty name', ['--out', 'x', '--dns', ''], '--dns: expected'],
    ['a name with a star inside', ['--out', 'x', '--dns', 'a.*.b'], '--dns: expected'],
    ['an unknown flag', ['--ou', 'x'], "Unknown option '--ou'"],
    ['a stray word', ['--out', 'x', 'y'], "unexpected argument 'y'"],
  ])('refuses %s with exit code 2', async (_, args, message) => {
    const { code, stderr } = await certs(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain("Try 'tidegate certs --help'");
  });

  it('fails with exit code 1 where it cannot write', async () => {
    await writeFile(join(folder, 'file'), '');
    const { code, stderr } = await certs('--out', join(folder, 'file', 'below'));
    expect(code).toBe(1);
    expect(stderr).toContain('cannot write to');
  });
});
