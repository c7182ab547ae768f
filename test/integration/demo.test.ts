import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { runCli } from '../support/webhook-process.js';

describe('tidegate demo', () => {
  it('deploys the examples to the box, shows what became of each and ends by itself', async () => {
    const demo = runCli(['demo']);
    expect(await demo.exited).toBe(0);
    const text = demo.stdout();
    expect(text).toMatch(/^apps\/nightly-report +patched +placed +\d+ +\d+\.\d\d$/m);
    expect(text).toMatch(/^apps\/conntrack-sample +skipped +host-network +0 /m);
    expect(text).toContain('skipped: the provider does not run pods with hostNetwork');
    expect(text).toContain('+                          - virtual-kubelet');
    expect(text).toMatch(/for each of 200 more/);
    expect(text).not.toMatch(/undefined|NaN/);
    expect(text).not.toContain('\u001b');
  }, 60_000);

  it('serves a cluster until it is told to end, and leaves a kubeconfig where it was asked to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'kubeconfig');
    const demo = runCli(['demo', '--serve', '--kubeconfig-out', file]);
    await eventually('the cluster serves', () => demo.stdout().includes('Ctrl-C'));
    expect(demo.stdout()).toContain(`export KUBECONFIG=${file}`);
    expect(await readFile(file, 'utf8')).toContain('server: https://127.0.0.1:');
    demo.child.kill('SIGINT');
    expect(await demo.exited).toBe(0);
  }, 60_000);
});
