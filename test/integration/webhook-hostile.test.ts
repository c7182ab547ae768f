import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import jsonpatch, { type Operation } from 'fast-json-patch';
import { admissionReview, cronJob, reviewUid } from '../support/admission-review.js';
import { testCertificates } from '../support/certificates.js';
import type { TestAnswer } from '../support/https.js';
import { patchOf, startWebhook, type WebhookProcess } from '../support/webhook-process.js';

let webhook: WebhookProcess;
const ends: (() => Promise<void> | void)[] = [];
beforeAll(async () => {
  webhook = await startWebhook({
    certificates: await testCertificates(),
    policies: { 'all.yaml': everything },
    atEnd: (end) => ends.push(end),
  });
});
afterAll(async () => {
  expect(webhook.child.exitCode).toBeNull();
  for (const end of ends.reverse()) await end();
});

/** Writes into every part of a pod template that a policy can write into. */
const everything = `
apiVersion: tidegate.io/v1alpha1
kind: VirtualNodePolicy
metadata: {name: all}
spec:
  match: {workloads: {kinds: [CronJob, Job, Pod]}}
  placement: {type: VirtualOnly, providers: [{name: tencent-supernode}, {name: alibaba-eci}]}
  scheduling: {schedulerName: tidegate-scheduler}
  logs: {sources: [stdout], destinations: [{kafka: {brokers: ["kafka:9092"], topic: logs}}]}
  tracing: {jaeger: {collectorEndpoint: "http://jaeger:14268/api/traces", samplingEndpoint: "http://jaeger:5778/sampling"}}
  startup: {imageCache: true, reuseSandbox: true}
  resilience: {unreachableSeconds: 3600}
  env: [{name: RUNTIME, value: serverless}]
`;

interface Response {
  readonly response: {
    readonly uid: string;
    readonly allowed: boolean;
    readonly auditAnnotations: Record<string, string>;
  };
}

const responseOf = ({ body }: TestAnswer) => (JSON.parse(body) as Response).response;

/** Whatever came, the process is there, and answers the next as ever. */
beforeEach(async () => {
  const answer = await webhook.review(admissionReview());
  expect(responseOf(answer)).toMatchObject({ allowed: true, auditAnnotations: { verdict: 'patched' } });
  expect(webhook.child.exitCode).toBeNull();
});

describe('what cannot be answered', () => {
  const { request } = admissionReview() as { request: Record<string, unknown> };
  const envelope = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' };

  it.each<[string, unknown, string]>([
    ['nothing', '', 'the body is not JSON'],
    ['no JSON', 'kind: AdmissionReview', 'the body is not JSON'],
    ['half of JSON', JSON.stringify(admissionReview()).slice(0, 200), 'the body is not JSON'],
    ['control characters', '\u{0}\u{1}', 'the body is not JSON'],
    ['null', 'null', 'the body: expected an AdmissionReview, got null'],
    ['an array', [admissionReview()], 'the body: expected an AdmissionReview, got array'],
    ['a number', '1e999', 'the body: expected an AdmissionReview, got number'],
    ['another kind', { ...envelope, kind: 'Pod', request }, 'kind: expected AdmissionReview, got "Pod"'],
    [
      'v1beta1',
      { ...envelope, apiVersion: 'admission.k8s.io/v1beta1', request },
      'apiVersion: expected admission.k8s.io/v1',
    ],
    ['no request', envelope, 'request: expected an object, got undefined'],
    ['a request that is a list', { ...envelope, request: [] }, 'request: expected an object, got array'],
    ['no uid', { ...envelope, request: { ...request, uid: undefined } }, 'request.uid: expected'],
    ['an empty uid', { ...envelope, request: { ...request, uid: '' } }, 'request.uid: expected'],
    ['a uid that is a number', { ...envelope, request: { ...request, uid: 7 } }, 'request.uid: expected'],
    [
      'a uid in the prototype only',
      `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"__proto__":{"uid":"x"}}}`,
      'request.uid: expected',
    ],
    [
      '100,000 levels of arrays',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'the body: expected an AdmissionReview',
    ],
    ['100,000 levels that never end', '{"a":'.repeat(100_000), 'the body is not JSON'],
  ])('is refused with 400 and a reason: %s', async (_, body, reason) => {
    const { status, body: text } = await webhook.review(body);
    expect(status).toBe(400);
    expect(text).toContain(reason);
  });

  it.each([
    ['another content type', { headers: { 'content-type': 'application/yaml' } }, 415],
    ['another method', { method: 'PUT' }, 405],
    ['another path', { path: '/validate' }, 404],
    ['8 MiB', { payload: Buffer.alloc(8 * 1024 * 1024, ' ') }, 413],
  ])('is refused: %s', async (_, options, status) => {
    expect((await webhook.review(admissionReview(), options)).status).toBe(status);
  });
});

describe('what is let through unchanged', () => {
  const container = { name: 'main', image: 'i' };
  const deep = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

  it.each<[string, Record<string, unknown>, string, string]>([
    ['no object', { object: null }, 'failed', 'object-invalid'],
    ['an object that is a list', { object: [] }, 'failed', 'object-invalid'],
    ['an object of another kind', { object: { ...cronJob(), kind: 'Job' } }, 'failed', 'object-invalid'],
    [
      'a kind that is not ours',
      { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } },
      'skipped',
      'kind-not-handled',
    ],
    [
      'a CronJob of another group',
      { kind: { group: 'example.org', version: 'v1', kind: 'CronJob' } },
      'skipped',
      'kind-not-handled',
    ],
    [
      'a deletion',
      { operation: 'DELETE', object: null, oldObject: cronJob() },
      'skipped',
      'operation-not-handled',
    ],
    ['an operation in lower case', { operation: 'create' }, 'skipped', 'operation-not-handled'],
    ['an operation that is an object', { operation: { toString: 1 } }, 'skipped', 'operation-not-handled'],
    ['a status', { subResource: 'status' }, 'skipped', 'subresource'],
    ['no kind', { kind: null }, 'skipped', 'kind-not-handled'],
    ['no template', { object: { ...cronJob(), spec: {} } }, 'failed', 'object-invalid'],
    ['a spec that is text', { object: { ...cronJob(), spec: 'x' } }, 'failed', 'object-invalid'],
    ['metadata that is a list', { object: { ...cronJob(), metadata: [] } }, 'failed', 'object-invalid'],
    ['labels that are numbers', { object: cronJob({}, { labels: { a: 1 } }) }, 'failed', 'object-invalid'],
    [
      'containers that are an object',
      { object: cronJob({ containers: { 0: container } }) },
      'failed',
      'object-invalid',
    ],
    ['a container that is null', { object: cronJob({ containers: [null] }) }, 'failed', 'object-invalid'],
    [
      'env that is text',
      { object: cronJob({ containers: [{ ...container, env: 'A=1' }] }) },
      'failed',
      'object-invalid',
    ],
    [
      'an env entry that is a number',
      { object: cronJob({ containers: [{ ...container, env: [1] }] }) },
      'failed',
      'object-invalid',
    ],
    ['tolerations that are true', { object: cronJob({ tolerations: true }) }, 'failed', 'object-invalid'],
    ['affinity that is a list', { object: cronJob({ affinity: [] }) }, 'failed', 'object-invalid'],
    ['hostNetwork that is text', { object: cronJob({ hostNetwork: 'true' }) }, 'failed', 'object-invalid'],
    ['hostNetwork', { object: cronJob({ hostNetwork: true }) }, 'skipped', 'host-network'],
  ])('%s', async (_, request, verdict, reason) => {
    const answer = await webhook.review(admissionReview(request));
    expect(answer.status).toBe(200);
    expect(responseOf(answer)).toMatchObject({
      uid: reviewUid,
      allowed: true,
      auditAnnotations: { verdict, reason },
    });
    expect(patchOf(answer)).toBeUndefined();
  });

  it('20,000 levels in a field that nobody reads are no reason to fail', async () => {
    const text = JSON.stringify(admissionReview()).replace('"schedule"', `"deep":${deep(20_000)},"schedule"`);
    const answer = await webhook.review(text);
    expect(responseOf(answer)).toMatchObject({ uid: reviewUid, allowed: true });
  });

  it('100,000 levels in a field that is read', async () => {
    const text = JSON.stringify(admissionReview()).replace(
      '"restartPolicy"',
      `"affinity":${deep(100_000)},"restartPolicy"`,
    );
    const answer = await webhook.review(text);
    expect(answer.status).toBe(200);
    expect(responseOf(answer)).toMatchObject({ uid: reviewUid, allowed: true });
  });
});

describe('what is placed all the same, by a patch that applies', () => {
  const container = { name: 'main', image: 'i' };
  const env = (...entries: unknown[]) => cronJob({ containers: [{ ...container, env: entries }] });

  it.each<[string, unknown]>([
    [
      'duplicate env names',
      env(
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
        { name: 'RUNTIME', value: 'x' },
        { name: 'RUNTIME' },
      ),
    ],
    [
      'keys with slashes and tildes',
      cronJob({}, { annotations: { 'a/b~c~1': 'x', '~0/': 'y' }, labels: { '/': 'z' } }),
    ],
    ['null lists', cronJob({ tolerations: null, initContainers: null, volumes: null, affinity: null })],
    ['empty lists', cronJob({ tolerations: [], initContainers: [], volumes: [], imagePullSecrets: [] })],
    [
      'null env and null annotations',
      { ...env(), metadata: { name: 'report', annotations: null, labels: null } },
    ],
    [
      'a member called __proto__',
      JSON.parse(
        '{"apiVersion":"batch/v1","kind":"CronJob","__proto__":{"polluted":1},"metadata":{"name":"report","labels":{"__proto__":"x"},"annotations":{"__proto__":"y","constructor":"z"}},"spec":{"jobTemplate":{"spec":{"template":{"spec":{"__proto__":{"hostNetwork":true},"containers":[{"name":"__proto__","image":"i"}]}}}}}}',
      ),
    ],
    [
      'ten thousand env entries',
      env(...Array.from({ length: 10_000 }, (_, i) => ({ name: `VAR_${i}`, value: String(i) }))),
    ],
    [
      'a thousand containers',
      cronJob({ containers: Array.from({ length: 1000 }, (_, i) => ({ ...container, name: `c${i}` })) }),
    ],
    [
      'fields of a later Kubernetes',
      cronJob({ newThing: { list: [1] }, containers: [{ ...container, newField: true }] }),
    ],
    ['text in every script', cronJob({}, { annotations: { note: '潮汐 🌊 \u0000 \u2028 \ud800' } })],
  ])('%s', async (_, object) => {
    const answer = await webhook.review(admissionReview({ object }));
    expect(answer.status).toBe(200);
    expect(responseOf(answer)).toMatchObject({
      uid: reviewUid,
      allowed: true,
      auditAnnotations: { verdict: 'patched' },
    });
    const placed = applied(object, answer);
    expect(JSON.stringify(placed)).toContain('"RUNTIME"');
    const again = await webhook.review(admissionReview({ object: placed }));
    expect(patchOf(again)).toBeUndefined();
  });

  it('integers above 2^53 stay as they are: no patch holds them', async () => {
    const big = '9007199254740993';
    const text = JSON.stringify(
      admissionReview({ object: cronJob({ activeDeadlineSeconds: 4711 }) }),
    ).replace('4711', big);
    const answer = await webhook.review(text);
    const patch = JSON.stringify(patchOf(answer));
    expect(patch).not.toContain('900719925474099');
    expect(patch).toContain('tolerations');
  });

  it('bytes that are no UTF-8', async () => {
    const payload = Buffer.from(
      JSON.stringify(admissionReview({ object: cronJob({}, { annotations: { a: '?' } }) })),
    );
    payload[payload.indexOf('"?"') + 1] = 0xff;
    const answer = await webhook.review('', { payload });
    expect(responseOf(answer)).toMatchObject({ uid: reviewUid, allowed: true });
  });

  it('an object without a name, by generateName', async () => {
    const object = { ...cronJob(), metadata: { generateName: 'report-' } };
    const answer = await webhook.review(admissionReview({ name: '', object }));
    expect(responseOf(answer)).toMatchObject({ auditAnnotations: { verdict: 'patched' } });
  });
});

describe('the same again', () => {
  it('is answered alike in a dry-run', async () => {
    const real = await webhook.review(admissionReview());
    const dry = await webhook.review(admissionReview({ dryRun: true }));
    expect(dry.body).toBe(real.body);
  });

  it('changes nothing in a reinvocation, nor in an UPDATE of our own result', async () => {
    const object = cronJob({}, { uid: 'c1', resourceVersion: '7' });
    const placed = applied(object, await webhook.review(admissionReview({ object })));
    const reinvoked = await webhook.review(admissionReview({ uid: 'another', object: placed }));
    expect(patchOf(reinvoked)).toBeUndefined();
    const update = await webhook.review(
      admissionReview({ operation: 'UPDATE', object: placed, oldObject: placed }),
    );
    expect(patchOf(update)).toBeUndefined();
    expect(responseOf(update)).toMatchObject({ auditAnnotations: { verdict: 'unchanged' } });
  });

  it('is untouched by what another webhook put in between', async () => {
    const placed = applied(cronJob(), await webhook.review(admissionReview())) as ReturnType<typeof cronJob>;
    const text = JSON.stringify(placed).replace(
      '"containers":[',
      '"containers":[{"name":"sidecar","image":"s"},',
    );
    const object = JSON.parse(text) as unknown;
    const reinvoked = await webhook.review(admissionReview({ object }));
    expect(responseOf(reinvoked)).toMatchObject({ allowed: true, auditAnnotations: { verdict: 'patched' } });
    const again = applied(object, reinvoked);
    expect(patchOf(await webhook.review(admissionReview({ object: again })))).toBeUndefined();
  });
});

describe('200 connections at once', () => {
  it('are all answered', async () => {
    const reviews = Array.from({ length: 200 }, () => webhook.review(admissionReview()));
    const answers = await Promise.all(reviews);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  });
});

/** Applies the patch as the API server does: strictly, every parent there. */
function applied(object: unknown, answer: TestAnswer): unknown {
  const copy: unknown = structuredClone(object);
  return jsonpatch.applyPatch(copy, (patchOf(answer) ?? []) as Operation[], true, true, false).newDocument;
}
