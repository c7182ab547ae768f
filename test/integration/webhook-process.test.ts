import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { admissionReview, reviewUid } from '../support/admission-review.js';
import { testCertificates, type TestCertificates } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { folderWith } from '../support/folder.js';
import {
  flagsFor,
  patchOf,
  policyYaml,
  runCli,
  startWebhook,
  pairFiles,
} from '../support/webhook-process.js';

let certificates: TestCertificates;
beforeAll(async () => {
  certificates = await testCertificates();
});

describe('tidegate webhook', { timeout: 60_000 }, () => {
  it('rewrites a CronJob over TLS, and tells of it once in the log and the metrics', async () => {
    const webhook = await startWebhook({ certificates });
    const answer = await webhook.review(admissionReview(), { path: '/mutate?timeout=10s' });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: reviewUid, allowed: true, patchType: 'JSONPatch' },
    });
    expect(patchOf(answer)?.map(({ path }) => path)).toContain(
      '/spec/jobTemplate/spec/template/spec/tolerations',
    );

    const facts = { kind: 'CronJob', operation: 'CREATE', verdict: 'patched', reason: 'placed' };
    await eventually('the log line', () => webhook.lines().some(({ msg }) => msg === 'review answered'));
    const lines = webhook.lines().filter(({ msg }) => msg === 'review answered');
    expect(lines).toMatchObject([
      { ...facts, level: 'info', namespace: 'apps', name: 'report', policy: 'all' },
    ]);
    const { text } = await webhook.ops('/metrics');
    const labels = Object.entries(facts).map(([label, value]) => `${label}="${value}"`);
    expect(text).toContain(`tidegate_admission_reviews_total{${labels.join()}} 1`);
    expect(text).toContain('tidegate_admission_patch_bytes_count 1');
    expect(text).toContain('tidegate_policies_loaded 1');
  });

  it('allows a binding and leaves it as it is', async () => {
    const webhook = await startWebhook({ certificates });
    const review = admissionReview({
      kind: { group: '', version: 'v1', kind: 'Binding' },
      subResource: 'binding',
    });
    const answer = await webhook.review(review, { path: '/mutate/binding?timeout=1s' });
    expect(JSON.parse(answer.body)).toMatchObject({ response: { uid: reviewUid, allowed: true } });
    expect(patchOf(answer)).toBeUndefined();
  });

  it('is ready, and says what serves', async () => {
    const webhook = await startWebhook({ certificates });
    const { status, text } = await webhook.ops('/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      ready: true,
      draining: false,
      policies: { loaded: 1, hash: expect.stringMatching(/^[0-9a-f]{12}$/) },
      certificates: { servingUntil: expect.stringMatching(/^\d{4}-/) },
    });
    expect(await webhook.ops('/healthz')).toEqual({ status: 200, text: 'ok\n' });
  });

  it('changes nothing with --observe, and says what would change', async () => {
    const webhook = await startWebhook({ certificates, args: ['--observe'] });
    const answer = await webhook.review(admissionReview());
    expect(patchOf(answer)).toBeUndefined();
    expect(answer.body).toContain('tidegate only observes');
  });

  it('asks for a client certificate where it is told to', async () => {
    const folder = await folderWith({ 'ca.crt': certificates.ca.cert });
    const webhook = await startWebhook({ certificates, args: ['--client-ca', join(folder, 'ca.crt')] });
    await expect(webhook.review(admissionReview())).rejects.toThrow();
  });

  it('ends at once on a second signal, and its log is whole', async () => {
    const webhook = await startWebhook({ certificates, args: ['--lame-duck', '600'] });
    webhook.child.kill('SIGTERM');
    await eventually('the first signal', () => webhook.lines().some(({ msg }) => msg === 'webhook ends'));
    expect(JSON.parse((await webhook.ops('/readyz')).text)).toMatchObject({ ready: false, draining: true });
    webhook.child.kill('SIGTERM');
    expect(await webhook.exited).toBe(0);
    expect(webhook.lines().at(-1)).toMatchObject({ msg: 'webhook ended' });
    expect(webhook.stderr()).toBe('');
  });

  it('loads neither the Kubernetes client nor the simulation nor what makes certificates', async () => {
    const hook = `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve(name, context, next) { const found = next(name, context); process.stderr.write(found.url + '\\n'); return found; } });`;
    const nodeArgs = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`];
    const webhook = await startWebhook({ certificates, nodeArgs });
    await webhook.review(admissionReview());
    const loaded = webhook.stderr();
    expect(loaded).toContain('/dist/webhook/server.js');
    for (const absent of ['@kubernetes/client-node', '/dist/sim/', 'node-forge', 'undici']) {
      expect(loaded).not.toContain(absent);
    }
  });
});

describe('tidegate webhook at the start', { timeout: 60_000 }, () => {
  async function fails(change: (folder: string) => Promise<unknown>, args: readonly string[] = []) {
    const files = { 'policies/all.yaml': policyYaml('all'), ...pairFiles(certificates.server) };
    const folder = await folderWith(files);
    await change(folder);
    const running = runCli(['webhook', ...flagsFor(folder), ...args]);
    const code = await running.exited;
    return { code, stderr: running.stderr().replaceAll(folder, '.'), folder };
  }

  it.each([
    ['a missing certificate', { 'tls.crt': undefined }, './tls.crt: ENOENT'],
    ['a key that does not fit', { 'tls.key': 'x' }, './tls.key: expected a private key'],
    [
      'an empty policy folder',
      { 'policies/all.yaml': '' },
      'expected at least one VirtualNodePolicy, got none',
    ],
    [
      'a broken policy',
      { 'policies/b.yaml': policyYaml('b', { prority: 1 }) },
      './policies/b.yaml:10:3: spec.prority: unknown field',
    ],
  ])('says what is wrong with %s in one message, and ends with exit code 1', async (_, files, message) => {
    const { code, stderr } = await fails(async (folder) => {
      for (const [name, text] of Object.entries(files)) {
        await (text === undefined ? rm(join(folder, name)) : writeFile(join(folder, name), text));
      }
    });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^tidegate webhook: /);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(1);
  });

  it('says which port it cannot have', async () => {
    const webhook = await startWebhook({ certificates });
    const { code, stderr } = await fails(() => Promise.resolve(), ['--port', String(webhook.port)]);
    expect(stderr).toMatch(`cannot listen on 127.0.0.1, port ${webhook.port}`);
    expect(code).toBe(1);
  });

  it('answers a command line that it does not understand with exit code 2', async () => {
    const running = runCli(['webhook', '--prot', '1']);
    expect(await running.exited).toBe(2);
    expect(running.stderr()).toBe(
      "tidegate webhook: Unknown option '--prot'\nTry 'tidegate webhook --help'.\n",
    );
  });
});
