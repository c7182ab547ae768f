import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Result } from '../../../src/doctor/examine.js';
import { kubeconfig } from '../../../src/sim/wire/kubeconfig.js';
import { command } from '../../support/command.js';
import { fakeApi } from '../../support/fake-api.js';
import { folderWith } from '../../support/folder.js';

/** The doctor of an API server at this address. */
async function doctor(url: string, ...flags: readonly string[]) {
  const folder = await folderWith({ kubeconfig: kubeconfig(url, '', { token: 'x' }) });
  return command(['doctor', '--kubeconfig', join(folder, 'kubeconfig'), ...flags]);
}

describe('tidegate doctor', () => {
  it('ends with 1 where no API server answers, and skips the rest', async () => {
    const { code, stdout } = await doctor('http://127.0.0.1:1', '-o', 'json');
    const [first, ...others] = JSON.parse(stdout) as readonly Result[];
    expect(code).toBe(1);
    expect(first).toMatchObject({ check: 'api-server', status: 'fault', remedy: 'kubectl version' });
    expect(first?.reason).toContain('ECONNREFUSED');
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['skipped']));
  });

  it('looks in the namespace and for the release that it is told', async () => {
    const api = await fakeApi();
    onTestFinished(() => api.close());
    api.handle((call) => {
      if (call.path === '/version') call.json({ gitVersion: 'v1.36.2' });
      else if (call.method === 'POST') call.json({ metadata: {}, status: { allowed: true } }, 201);
      else call.status(404, 'NotFound');
    });
    const { code, stdout } = await doctor(api.url, '-n', 'gate', '--release', 'blue', '--no-dry-run');
    expect(code).toBe(1);
    expect(stdout).toContain('ok       api-server');
    expect(stdout).toContain('there is no Deployment blue-tidegate-webhook in namespace gate');
    expect(stdout).toContain('→ helm install blue charts/tidegate -n gate ');
    expect(stdout).toMatch(/\n\d+ ok, \d+ warning, 2 fault, \d+ skipped\n$/);
    const writes = api.calls.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    expect(new Set(writes)).toEqual(new Set(['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews']));
  });

  it.each([
    [['--loud'], "Unknown option '--loud'"],
    [['-o', 'xml'], "--output: expected one of table, json, got 'xml'"],
    [['cluster'], "unexpected argument 'cluster'"],
  ])('does not understand %j', async (flags, message) => {
    const { code, stderr } = await command(['doctor', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
