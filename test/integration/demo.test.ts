import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import { runCli } from '../support/webhook-process.js';

/** The demo, with a temporary folder of its own. */
async function demo(...args: string[]) {
  const folder = await folderWith();
  vi.stubEnv('TMPDIR', folder);
  const running = runCli(['demo', ...args]);
  vi.unstubAllEnvs();
  /** The webhook is started with files of that folder. */
  const webhooks = () =>
    execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(folder) && line.includes(' webhook '));
  onTestFinished(() => eventually('the webhook ends', () => webhooks().length === 0));
  return { ...running, folder, webhooks };
}

describe('tidegate demo', () => {
  it('deploys the examples to the box, shows what became of each and ends by itself', async () => {
    const { exited, stdout, stderr, folder, webhooks } = await demo();
    expect(await exited).toBe(0);
    const text = stdout();
    expect(text).toMatch(/^apps\/nightly-report +patched +placed +\d+ +\d+\.\d\d$/m);
    expect(text).toMatch(/^apps\/conntrack-sample +skipped +host-network +0 /m);
    expect(text).toContain('skipped: the provider does not run pods with hostNetwork');
    expect(text).toContain('+                          - virtual-kubelet');
    expect(text).toMatch(/^Those were .* Of 200 more, each took it/m);
    expect(text).toMatch(/^ *\d+ {2}Jobs completed$/m);
    expect(text).not.toMatch(/undefined|NaN/);
    expect(text).not.toContain('\u001b');
    expect([stderr(), webhooks(), await readdir(folder)]).toEqual(['', [], []]);
  }, 60_000);

  it('serves a cluster until it is told to end, and leaves a kubeconfig where it was asked to', async () => {
    const folder = await folderWith();
    const file = join(folder, 'kubeconfig');
    const { child, exited, stdout } = await demo('--serve', '--kubeconfig-out', file);
    await eventually('the cluster serves', () => stdout().includes('Ctrl-C'));
    expect(stdout()).toContain(`export KUBECONFIG=${file}`);
    expect(await readFile(file, 'utf8')).toContain('server: https://127.0.0.1:');
    child.kill('SIGINT');
    expect(await exited).toBe(0);
  }, 60_000);

  it('ends when it is told to before it is done, and leaves nothing behind', async () => {
    const { child, exited, folder, webhooks } = await demo();
    await eventually('the webhook runs', () => webhooks().length > 0);
    child.kill('SIGTERM');
    expect(await exited).toBe(143);
    expect([webhooks(), await readdir(folder)]).toEqual([[], []]);
  }, 60_000);

  it('takes its webhook along even where it is killed', async () => {
    const { child, exited, stdout, webhooks } = await demo('--serve');
    await eventually('the cluster serves', () => stdout().includes('Ctrl-C'));
    expect(webhooks()).toHaveLength(1);
    child.kill('SIGKILL');
    await exited;
    await eventually('the webhook ends', () => webhooks().length === 0);
  }, 60_000);
});
