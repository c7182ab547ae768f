import { expect } from 'vitest';
import { refusal } from '../behaviour.js';
import type { Area } from '../behaviour.js';
import { configMap, job, jobs, maps, pod, pods } from '../objects.js';
import { createMaps, patch, withWebhooks } from '../webhook.js';
import type { Reply } from '../webhook.js';

const ignore = { failurePolicy: 'Ignore' };
const review = (response: object): string =>
  JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });

/** What failurePolicy Ignore covers: the write goes through unchanged. */
const covered: readonly (readonly [string, Reply])[] = [
  ['an answer that is not 200', () => ({ raw: 'no', status: 500 })],
  ['a body that cannot be decoded', () => ({ raw: '<html>', status: 200 })],
  ['a wrong uid', () => ({ raw: review({ uid: 'other', allowed: true }), status: 200 })],
  [
    'a missing response',
    () => ({ raw: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', status: 200 }),
  ],
  [
    'another kind',
    ({ request }) => ({
      raw: JSON.stringify({
        apiVersion: 'v1',
        kind: 'Status',
        response: { uid: request.uid, allowed: true },
      }),
      status: 200,
    }),
  ],
  ['a patch without patchType', () => ({ allowed: true, patch: 'W10=' })],
  ['a patchType without patch', () => ({ allowed: true, patchType: 'JSONPatch' })],
  [
    'a patch that is no JSON Patch',
    () => ({ allowed: true, patchType: 'JSONPatch', patch: Buffer.from('{}').toString('base64') }),
  ],
  ['a call that takes too long', () => undefined],
];

/** What it does not cover: the write is refused with 500. */
const uncovered: readonly (readonly [string, object])[] = [
  ['a patch below a missing parent', { op: 'add', path: '/spec/nothing/here', value: 1 }],
  ['a failed test', { op: 'test', path: '/metadata/name', value: 'other' }],
  ['an index out of range', { op: 'remove', path: '/data/0' }],
  ['a result that does not decode into the type', { op: 'add', path: '/data/key', value: 7 }],
];

export const webhookAnswers: Area = {
  area: 'what a mutating webhook may answer',
  behaviours: (it) => {
    for (const [what, reply] of covered) {
      it(
        `failurePolicy Ignore covers ${what}`,
        async (api) => {
          const hook = { ...ignore, timeoutSeconds: 1 };
          await withWebhooks(api, [hook], reply, async (ns, { calls }) => {
            const { status, body } = await api.post(maps(ns), configMap('a'));
            expect([status, body.data]).toEqual([201, { key: 'value' }]);
            expect(calls).toHaveLength(1);
          });
        },
        'webhooks',
      );
    }

    it(
      'failurePolicy Ignore covers a webhook that nobody serves',
      async (api) => {
        const clientConfig = { url: 'https://127.0.0.1:1/nobody' };
        await withWebhooks(
          api,
          [{ ...ignore, clientConfig }],
          () => ({}),
          async (ns) => {
            expect((await api.post(maps(ns), configMap('a'))).status).toBe(201);
          },
        );
      },
      'webhooks',
    );

    it(
      'failurePolicy Ignore covers a certificate that the caBundle does not vouch for',
      async (api) => {
        await withWebhooks(
          api,
          [{}, ignore],
          () => ({ allowed: true }),
          async (ns, webhook, name) => {
            const path = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${name}`;
            const other = await import('../../../../src/sim/wire/certificate.js');
            const caBundle = Buffer.from(other.createAuthority(Date.now()).certificate).toString('base64');
            await api.patch('json', path, [
              { op: 'replace', path: '/webhooks/2/clientConfig/caBundle', value: caBundle },
            ]);
            await api.post(maps(ns), configMap('settles'));
            const { status } = await api.post(maps(ns), configMap('a'));
            expect(status).toBe(201);
            expect(
              webhook.calls.filter((call) => call.request.name === 'a').map((call) => call.path),
            ).toContain('/0');
          },
        );
      },
      'webhooks',
    );

    it(
      'failurePolicy Ignore covers a match condition that fails; Fail refuses the request',
      async (api) => {
        const matchConditions = [{ name: 'fails', expression: 'object.spec.nothing == 1' }];
        await withWebhooks(
          api,
          [{ ...ignore, matchConditions }],
          () => ({ allowed: true }),
          async (ns, { calls }) => {
            expect((await api.post(maps(ns), configMap('a'))).status).toBe(201);
            expect(calls).toEqual([]);
          },
        );
        await withWebhooks(
          api,
          [{ matchConditions, objectSelector: { matchLabels: { real: 'yes' } } }],
          () => ({ allowed: true }),
          async (ns) => {
            const answer = await api.post(maps(ns), configMap('a', { labels: { real: 'yes' } }));
            expect(refusal(answer)).toEqual([403, 'Forbidden']);
          },
        );
      },
      'webhooks',
    );

    for (const [what, operation] of uncovered) {
      it(
        `failurePolicy Ignore does not cover ${what}: 500`,
        async (api) => {
          await withWebhooks(
            api,
            [ignore],
            () => patch(operation),
            async (ns) => {
              const answer = await api.post(maps(ns), configMap('a'));
              expect(refusal(answer)).toEqual([500, 'InternalError']);
              expect(answer.body.message).toMatch(/^Internal error occurred: /);
              expect((await api.get(`${maps(ns)}/a`)).status).toBe(404);
            },
          );
        },
        'webhooks',
      );
    }

    it(
      'failurePolicy Ignore does not cover a patched object that is invalid: 422',
      async (api) => {
        const reply = () => patch({ op: 'add', path: '/metadata/labels', value: { a: 'b c' } });
        await withWebhooks(api, [ignore], reply, async (ns) => {
          expect(refusal(await api.post(maps(ns), configMap('a')))).toEqual([422, 'Invalid']);
        });
      },
      'webhooks',
    );

    it(
      'failurePolicy Ignore does not cover a denial: the code and message reach the user',
      async (api) => {
        const reply: Reply = ({ request }) =>
          request.name === 'plain'
            ? { allowed: false }
            : { allowed: false, status: { code: 418, message: 'not today', reason: 'Teapot' } };
        await withWebhooks(api, [ignore], reply, async (ns) => {
          const told = await api.post(maps(ns), configMap('a'));
          expect(refusal(told)).toEqual([418, 'Teapot']);
          expect(told.body.message).toBe(
            'admission webhook "n0.contract.tidegate.io" denied the request: not today',
          );
          const plain = await api.post(maps(ns), configMap('plain'));
          expect(plain.status).toBe(400);
          expect(plain.body.message).toBe(
            'admission webhook "n0.contract.tidegate.io" denied the request without explanation',
          );
        });
      },
      'webhooks',
    );

    it(
      'failurePolicy Fail refuses what Ignore covers with 500, naming the webhook',
      async (api) => {
        await withWebhooks(
          api,
          [{}],
          () => ({ raw: 'no', status: 500 }),
          async (ns) => {
            const answer = await api.post(maps(ns), configMap('a'));
            expect(refusal(answer)).toEqual([500, 'InternalError']);
            expect(answer.body.message).toMatch(
              /^Internal error occurred: failed calling webhook "n0.contract.tidegate.io": failed to call webhook: /,
            );
          },
        );
      },
      'webhooks',
    );

    it(
      'a patch is applied and stored; an empty patch list changes nothing',
      async (api) => {
        const reply: Reply = ({ path }) =>
          path === '/0'
            ? patch({ op: 'add', path: '/metadata/annotations', value: { 'a.io/b': '1' } })
            : patch();
        await withWebhooks(api, [{}, {}], reply, async (ns) => {
          await api.post(maps(ns), configMap('a'));
          expect((await api.get(`${maps(ns)}/a`)).body.metadata.annotations).toEqual({ 'a.io/b': '1' });
        });
      },
      'webhooks',
    );

    it(
      '~1 in a path means /',
      async (api) => {
        const reply: Reply = () => patch({ op: 'add', path: '/metadata/annotations/a.io~1b', value: '1' });
        await withWebhooks(api, [{}], reply, async (ns) => {
          const { body } = await api.post(maps(ns), configMap('a', { annotations: { other: 'x' } }));
          expect(body.metadata.annotations).toEqual({ other: 'x', 'a.io/b': '1' });
        });
      },
      'webhooks',
    );

    it(
      'an unknown field that a patch adds is left out',
      async (api) => {
        const reply: Reply = () => patch({ op: 'add', path: '/nothing', value: '1' });
        await withWebhooks(api, [ignore], reply, async (ns) => {
          const { status, body } = await api.post(maps(ns), configMap('a'));
          expect([status, body.nothing]).toEqual([201, undefined]);
        });
      },
      'webhooks',
    );

    it(
      'warnings reach the client as headers',
      async (api) => {
        const reply: Reply = () => ({ allowed: true, warnings: ['look here', 'look here', 'and "there"'] });
        await withWebhooks(api, [{}], reply, async (ns) => {
          const { headers } = await api.post(maps(ns), configMap('a'));
          expect([headers['warning']].flat().join('; ')).toMatch(
            /^299 - "look here"[,;] 299 - "and \\"there\\""$/,
          );
        });
      },
      'webhooks',
    );

    it(
      'webhooks are called one after the other, each seeing what the former made',
      async (api) => {
        const reply: Reply = ({ path }) =>
          patch({ op: 'add', path: `/data/seen${path.slice(1)}`, value: 'yes' });
        await withWebhooks(api, [{}, {}], reply, async (ns, { calls }) => {
          await api.post(maps(ns), configMap('a'));
          expect(calls.map((call) => [call.path, Object.keys(call.request.object.data as object)])).toEqual([
            ['/0', ['key']],
            ['/1', ['key', 'seen0']],
          ]);
        });
      },
      'webhooks',
    );

    it(
      'a webhook that asks for reinvocation is called again where a later one changed the object',
      async (api) => {
        const reply: Reply = ({ path, request }) =>
          path === '/1' && request.object.data.late === undefined
            ? patch({ op: 'add', path: '/data/late', value: 'yes' })
            : { allowed: true };
        const hooks = [{ reinvocationPolicy: 'IfNeeded' }, { reinvocationPolicy: 'IfNeeded' }, {}];
        await withWebhooks(api, hooks, reply, async (ns, { calls }) => {
          await api.post(maps(ns), configMap('a'));
          expect(calls.map((call) => call.path)).toEqual(['/0', '/1', '/2', '/0']);
          expect(new Set(calls.map((call) => call.request.uid)).size).toBe(4);
          expect(calls[3]?.request.object.data.late).toBe('yes');
        });
      },
      'webhooks',
    );

    it(
      'fields that a webhook adds have no manager',
      async (api) => {
        const reply: Reply = () => patch({ op: 'add', path: '/data/added', value: 'yes' });
        await withWebhooks(api, [{}], reply, async (ns) => {
          const { body } = await api.post(`${maps(ns)}?fieldManager=me`, configMap('a'));
          expect(body.metadata.managedFields).toHaveLength(1);
          expect(body.metadata.managedFields[0].fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:key': {} } });
        });
      },
      'webhooks',
    );

    it(
      'annotations that a webhook adds to a Binding arrive on the Pod in the write that binds it',
      async (api) => {
        const rules = [
          { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/binding'] },
        ];
        const cost = { 'controller.kubernetes.io/pod-deletion-cost': '-100' };
        const reply: Reply = () => patch({ op: 'add', path: '/metadata/annotations', value: cost });
        await withWebhooks(api, [{ ...ignore, rules }], reply, async (ns) => {
          const made = await api.post(pods(ns), pod('a'));
          await api.post(`${pods(ns)}/a/binding`, {
            metadata: { name: 'a' },
            target: { kind: 'Node', name: 'vn-1' },
          });
          const since = String(made.body.metadata.resourceVersion);
          const [event] = await api.events(`${pods(ns)}?resourceVersion=${since}`, { count: 1 });
          expect(event.object.spec.nodeName).toBe('vn-1');
          expect(event.object.metadata.annotations).toEqual(cost);
        });
      },
      'webhooks',
    );

    it(
      'a patch of an immutable field on UPDATE is refused, and keeps a finalizer from being taken off',
      async (api) => {
        const rules = [{ ...createMaps, operations: ['UPDATE'], apiGroups: ['batch'], resources: ['jobs'] }];
        let armed = false;
        const reply: Reply = () =>
          armed
            ? patch({ op: 'add', path: '/spec/template/spec/nodeSelector', value: { a: 'b' } })
            : { allowed: true };
        await withWebhooks(api, [{ ...ignore, rules }], reply, async (ns) => {
          const metadata = { name: 'a', finalizers: ['contract.tidegate.io/stay'] };
          await api.post(jobs(ns), { ...job('a', { suspend: false, parallelism: 0 }), metadata });
          await api.delete(`${jobs(ns)}/a`, { propagationPolicy: 'Background' });
          armed = true;
          const answer = await api.patch('merge', `${jobs(ns)}/a`, { metadata: { finalizers: null } });
          expect(refusal(answer)).toEqual([422, 'Invalid']);
          expect(answer.body.message).toContain('spec.template: Invalid value');
          expect((await api.get(`${jobs(ns)}/a`)).body.metadata.deletionTimestamp).toMatch(/^20/);
        });
      },
      'webhooks',
    );

    it('an invalid configuration is refused: side effects, a condition that does not compile, two segments in a name', async (api) => {
      const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations?dryRun=All';
      const hook = {
        name: 'short.io',
        admissionReviewVersions: ['v1'],
        clientConfig: { url: 'http://127.0.0.1/x' },
        rules: [createMaps],
        timeoutSeconds: 31,
        matchConditions: [{ name: 'broken', expression: 'object.' }],
      };
      const answer = await api.post(path, { metadata: { name: 'broken' }, webhooks: [hook] });
      expect(refusal(answer)).toEqual([422, 'Invalid']);
      const fields = answer.body.details.causes.map((cause: { field: string }) => cause.field);
      for (const field of [
        'name',
        'sideEffects',
        'timeoutSeconds',
        'clientConfig.url',
        'matchConditions[0].expression',
      ]) {
        expect(fields).toContain(`webhooks[0].${field}`);
      }
    });
  },
};
