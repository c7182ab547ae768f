import { describe, expect, it } from 'vitest';
import { dryRun, judgeAnswer, judgeRefusal } from '../../../../src/doctor/checks/dry-run.js';
import { findProbe, verdictOf } from '../../../../src/doctor/probe.js';
import { toServing } from '../../../../src/doctor/serving.js';
import { KubeError } from '../../../../src/kube/errors.js';
import type { KubeObject } from '../../../../src/kube/object.js';
import type { JsonObject } from '../../../../src/objects/json.js';
import { examination, names, object, said } from '../../../support/doctor.js';
import { policyDocument } from '../../../support/policy.js';
import { schemaFaults } from '../../../support/kubernetes-schema.js';

const namespace = (name: string, optedIn = true, more = {}) =>
  object({
    metadata: { name, labels: optedIn ? { 'tidegate.io/virtual-nodes': 'enabled' } : {}, ...more },
  });
const policy = (name: string, spec = {}) => object(policyDocument(name, spec));

const serve = (policies: readonly KubeObject[], namespaces: readonly KubeObject[] = [namespace('shop')]) =>
  toServing(policies, namespaces, 'tidegate-system');

describe('a probe', () => {
  it('is of the first policy and namespace that would place it, and valid for the API server', () => {
    const serving = serve(
      [policy('elsewhere', { priority: 9, match: { namespaces: { names: ['nope'] } } }), policy('kwok')],
      [namespace('web', false), namespace('shop'), namespace('apps')],
    );
    const probe = findProbe(serving);
    expect(probe).toMatchObject({ kind: 'CronJob', namespace: 'apps', policy: 'kwok' });
    const whole = { apiVersion: 'batch/v1', kind: 'CronJob', ...probe?.object };
    expect(schemaFaults(whole)).toEqual([]);
  });

  it.each(['Job', 'Pod'])('is a %s where a policy is for no other kind', (kind) => {
    const probe = findProbe(serve([policy('p', { match: { workloads: { kinds: [kind] } } })]));
    expect(probe?.kind).toBe(kind);
    const apiVersion = kind === 'Pod' ? 'v1' : 'batch/v1';
    expect(schemaFaults({ apiVersion, kind, ...probe?.object })).toEqual([]);
  });

  it('has the labels that the policy selects, and a name that its percentage lets in', () => {
    const selector = {
      matchLabels: { tier: 'batch' },
      matchExpressions: [
        { key: 'team', operator: 'In', values: ['a', 'b'] },
        { key: 'owner', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    };
    const spec = { rolloutPercent: 1, match: { workloads: { selector } } };
    const probe = findProbe(serve([policy('p', spec)]));
    expect(probe?.object['metadata']).toMatchObject({
      name: expect.stringMatching(/^tidegate-doctor-\d+$/),
      labels: { tier: 'batch', team: 'a', owner: 'probe' },
    });
  });

  it('is none in namespaces that go, are the system or are not opted in', () => {
    const going = namespace('going', true, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const serving = serve(
      [policy('kwok')],
      [going, namespace('kube-system'), namespace('tidegate-system'), namespace('shop', false)],
    );
    expect([serving.optedIn, findProbe(serving)]).toEqual([[], undefined]);
  });
});

/** The probe as the webhook would leave it. */
function rewritten(serving: ReturnType<typeof serve>): KubeObject {
  const probe = findProbe(serving)!;
  const verdict = verdictOf(probe.kind, probe.namespace, probe.object, serving);
  if (verdict.kind !== 'patched') throw new Error(verdict.kind);
  return verdict.plan.result as KubeObject;
}

const serving = serve([policy('kwok')]);
const probe = findProbe(serving)!;
const known = { ...serving, hasConditions: false };

describe('where the webhook has selectors of its own, a probe', () => {
  const inBatch = { matchLabels: { tier: 'batch' } };
  const two = [namespace('apps'), namespace('shop')];
  const labelled = two.map((one) => ({
    ...one,
    metadata: {
      ...one.metadata,
      labels: { ...one.metadata.labels, tier: one.metadata.name === 'shop' ? 'batch' : 'web' },
    },
  }));

  it('is in a namespace that it is asked about', () => {
    const found = findProbe(serve([policy('kwok')], labelled), { namespaces: inBatch, objects: {} });
    expect(found?.namespace).toBe('shop');
  });

  it('has the labels that it asks for, beside those of the policy', () => {
    const spec = { match: { workloads: { selector: { matchLabels: { team: 'a' } } } } };
    const objects = {
      ...inBatch,
      matchExpressions: [
        { key: 'move', operator: 'In', values: ['yes', 'please'] },
        { key: 'owner', operator: 'Exists' },
        { key: 'skip', operator: 'DoesNotExist' },
      ],
    } as const;
    const found = findProbe(serve([policy('p', spec)]), { namespaces: {}, objects });
    expect(found?.object['metadata']).toMatchObject({
      labels: { team: 'a', tier: 'batch', move: 'yes', owner: 'probe' },
    });
  });

  it('is none where both exclude each other', () => {
    const spec = { match: { workloads: { selector: { matchLabels: { team: 'a' } } } } };
    const objects = { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] } as const;
    expect(findProbe(serve([policy('p', spec)]), { namespaces: {}, objects })).toBeUndefined();
  });
});

describe('dry-run', () => {
  it('is well where the answer is as the webhook makes it', () => {
    expect(said([judgeAnswer(rewritten(serving), probe, known, names)])).toEqual([
      'ok: a CronJob in namespace shop is rewritten by policy kwok',
    ]);
  });

  it('is a fault where it is admitted unchanged', () => {
    const found = judgeAnswer(object({ ...probe.object, metadata: {} }), probe, known, names);
    expect(found).toMatchObject({
      status: 'fault',
      reason: 'a CronJob in namespace shop is admitted unchanged, though policy kwok wants it',
      remedy: expect.stringContaining('logs deployment/tidegate-webhook'),
    });
  });

  it('is a fault where somebody else has taken away what was put in', () => {
    const answer = rewritten(serving);
    const text = JSON.stringify(answer).replace(/"tolerations":\[[^\]]*\]/, '"tolerations":[]');
    const found = judgeAnswer(JSON.parse(text) as KubeObject, probe, known, names);
    expect(found.status).toBe('fault');
    expect(found.reason).toContain('is rewritten, and then changed by somebody else');
  });

  it('is no fault where it is admitted unchanged and conditions may have left it out', () => {
    const answer = object({ ...probe.object, metadata: {} });
    const found = judgeAnswer(answer, probe, { ...known, hasConditions: true }, names);
    expect(said([found])).toEqual([
      'warning: a CronJob in namespace shop is admitted unchanged: webhook.matchConditions may leave it out',
    ]);
    const well = judgeAnswer(rewritten(serving), probe, { ...known, hasConditions: true }, names);
    expect(well.status).toBe('ok');
  });

  it.each([
    ['forbidden', 'skipped'],
    ['invalid', 'skipped'],
    ['server', 'fault'],
    ['timeout', 'fault'],
  ] as const)('takes a refusal that is %s for %s', (kind, status) => {
    expect(judgeRefusal(new KubeError('no', { kind }), probe, names).status).toBe(status);
  });

  const run = (
    policies: readonly KubeObject[],
    namespaces: readonly KubeObject[],
    { hook = {}, ...more }: { hook?: object; dryRun?: boolean; client?: object } = {},
  ) =>
    dryRun.run({
      ...examination,
      ...more,
      read: {
        ...examination.read,
        client: { ...examination.read.client, ...more.client },
        get: ({ plural }) =>
          Promise.resolve(
            plural === 'mutatingwebhookconfigurations'
              ? object({ webhooks: [{ name: 'workloads.tidegate.io', ...hook }] })
              : undefined,
          ),
        list: ({ plural }) => Promise.resolve(plural === 'namespaces' ? namespaces : policies),
      },
    });

  it('says why it cannot be tried', async () => {
    const shop = [namespace('shop')];
    const observes = policy('p', { mode: 'Observe' });
    const elsewhere = policy('p', { match: { namespaces: { names: ['x'] } } });
    expect(said(await run([policy('p')], shop, { dryRun: false }))).toEqual([
      'skipped: --no-dry-run forbids it',
    ]);
    expect(said(await run([], shop))).toEqual(['skipped: there is no policy without a fault']);
    expect(said(await run([observes], shop))).toEqual([
      'skipped: every policy is in mode Observe: nothing is changed',
    ]);
    expect(said(await run([elsewhere], shop))).toEqual([
      'warning: no policy places anything in the namespaces that have opted in (shop)',
    ]);
  });

  it('is not tried where the live selectors leave out all that it could try', async () => {
    const hook = { namespaceSelector: { matchLabels: { tier: 'batch' } } };
    expect(said(await run([policy('p')], [namespace('shop')], { hook }))).toEqual([
      'warning: not tried: the selectors of the webhook leave out all that could be tried in the namespaces that have opted in (shop)',
    ]);
  });

  it('reads selectors and conditions of the live webhook', async () => {
    const hook = {
      objectSelector: { matchLabels: { move: 'yes' } },
      matchConditions: [{ name: 'never', expression: 'false' }],
    };
    const bodies: unknown[] = [];
    const client = {
      create: (_: unknown, __: unknown, body: JsonObject) => {
        bodies.push(body['metadata']);
        return Promise.resolve({ ...body, metadata: {} });
      },
    };
    const [found] = await run([policy('p')], [namespace('shop')], { hook, client });
    expect(bodies).toMatchObject([{ labels: { move: 'yes' } }]);
    expect(found?.status).toBe('warning');
  });

  it('warns where no namespace has opted in, with the label', async () => {
    expect(await run([policy('p')], [namespace('shop', false)])).toEqual([
      {
        status: 'warning',
        reason: 'no namespace has opted in: nothing is moved',
        remedy: 'kubectl label namespace NAME tidegate.io/virtual-nodes=enabled',
      },
    ]);
  });

  it('creates by a dry-run and nothing else', async () => {
    const asked: unknown[] = [];
    await dryRun.run({
      ...examination,
      read: {
        ...examination.read,
        list: ({ plural }) =>
          Promise.resolve(plural === 'namespaces' ? [namespace('shop')] : [policy('kwok')]),
        client: {
          ...examination.read.client,
          create: ({ plural }, target, body, options) => {
            asked.push([plural, target, options]);
            return Promise.resolve({ ...(body as JsonObject), metadata: {} });
          },
        },
      },
    });
    expect(asked).toEqual([['cronjobs', { namespace: 'shop' }, { dryRun: true }]]);
  });
});
