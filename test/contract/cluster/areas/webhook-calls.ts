import { expect } from 'vitest';
import { eventually } from '../behaviour.js';
import type { Area } from '../behaviour.js';
import {
  configMap,
  cronJob,
  cronJobs,
  deployment,
  deployments,
  maps,
  node,
  pod,
  pods,
  unique,
} from '../objects.js';
import { createMaps, patch, withWebhooks } from '../webhook.js';

const allow = { allowed: true };

export const webhookCalls: Area = {
  area: 'what a mutating webhook is asked',
  behaviours: (it) => {
    it(
      'it is called over HTTP/1.1 with the deadline in the URL, and the connection is kept',
      async (api) => {
        await withWebhooks(
          api,
          [{ timeoutSeconds: 7 }],
          () => allow,
          async (ns, { calls }) => {
            for (const name of ['a', 'b', 'c']) await api.post(maps(ns), configMap(name));
            expect(calls).toHaveLength(3);
            expect(calls.map((call) => call.httpVersion)).toEqual(['1.1', '1.1', '1.1']);
            expect(calls.map((call) => call.timeout)).toEqual(['7s', '7s', '7s']);
            expect(new Set(calls.map((call) => call.port)).size).toBe(1);
          },
        );
      },
      'webhooks',
    );

    it(
      'a Service that is an external name leads there, by the certificate of its own name',
      async (api) => {
        await withWebhooks(
          api,
          [{}],
          () => allow,
          async (ns, { url, caBundle, calls, hangUp }, configuration) => {
            await api.post('/api/v1/namespaces', { metadata: { name: 'hooks' } });
            const { hostname, port } = new URL(url);
            const spec = { type: 'ExternalName', externalName: hostname };
            const services = '/api/v1/namespaces/hooks/services';
            await api.post(services, { metadata: { name: 'hook' }, spec });
            const service = { namespace: 'hooks', name: 'hook', path: '/by-name', port: Number(port) };
            const hooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
            const value = { service, caBundle };
            const operation = { op: 'replace', path: '/webhooks/1/clientConfig', value };
            expect((await api.patch('json', `${hooks}/${configuration}`, [operation])).status).toBe(200);
            const call = await eventually('a call by the Service', async () => {
              expect((await api.post(`${maps(ns)}?dryRun=All`, configMap('a'))).status).toBe(201);
              return calls.find(({ path }) => path === '/by-name');
            });
            expect(call.servername).toBe('hook.hooks.svc');
            await api.delete(`${services}/hook`);
            // A connection that is there is used for as long as it stands.
            const refused = await eventually('the Service to be gone', async () => {
              hangUp();
              const { status, body } = await api.post(`${maps(ns)}?dryRun=All`, configMap('a'));
              return status === 201 ? undefined : body;
            });
            const path = `https://hook.hooks.svc:${port}/by-name?timeout=5s`;
            expect(refused.message).toContain(
              `failed to call webhook: Post "${path}": service "hook" not found`,
            );
          },
        );
      },
      'webhooks',
    );

    it(
      'the review of a CREATE holds the object without uid, and null for the old one',
      async (api) => {
        await withWebhooks(
          api,
          [{}],
          () => allow,
          async (ns, { calls }) => {
            await api.post(`${maps(ns)}?fieldManager=me`, configMap('a'));
            expect(calls[0]?.review).toMatchObject({
              kind: 'AdmissionReview',
              apiVersion: 'admission.k8s.io/v1',
            });
            const { request } = calls[0]!;
            expect(request).toMatchObject({
              kind: { group: '', version: 'v1', kind: 'ConfigMap' },
              resource: { group: '', version: 'v1', resource: 'configmaps' },
              requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
              requestResource: { group: '', version: 'v1', resource: 'configmaps' },
              name: 'a',
              namespace: ns,
              operation: 'CREATE',
              oldObject: null,
              dryRun: false,
              options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'me' },
              object: {
                kind: 'ConfigMap',
                apiVersion: 'v1',
                metadata: { name: 'a', namespace: ns },
                data: { key: 'value' },
              },
            });
            expect(request.userInfo.username).toMatch(/./);
            expect(request.subResource).toBeUndefined();
            expect(request.object.metadata.uid).toBeUndefined();
            expect(request.object.metadata.resourceVersion).toBeUndefined();
          },
        );
      },
      'webhooks',
    );

    it(
      'an UPDATE brings both objects, a patch counts as one, a DELETE brings the old one alone',
      async (api) => {
        const rules = [{ ...createMaps, operations: ['*'] }];
        await withWebhooks(
          api,
          [{ rules }],
          () => allow,
          async (ns, { calls }) => {
            await api.post(maps(ns), configMap('a'));
            await api.put(`${maps(ns)}/a`, { ...configMap('a'), data: { key: 'put' } });
            await api.patch('merge', `${maps(ns)}/a`, { data: { key: 'patch' } });
            await api.delete(`${maps(ns)}/a`);
            expect(
              calls.map(({ request }) => [
                request.operation,
                request.oldObject?.data.key,
                request.object?.data.key,
              ]),
            ).toEqual([
              ['CREATE', undefined, 'value'],
              ['UPDATE', 'value', 'put'],
              ['UPDATE', 'put', 'patch'],
              ['DELETE', 'patch', undefined],
            ]);
            expect(calls[3]?.request.object).toBeNull();
            expect(calls.map(({ request }) => request.options.kind)).toEqual([
              'CreateOptions',
              'UpdateOptions',
              'UpdateOptions',
              'DeleteOptions',
            ]);
          },
        );
      },
      'webhooks',
    );

    it(
      'with generateName the name is empty, in the request and in the object',
      async (api) => {
        await withWebhooks(
          api,
          [{}],
          () => allow,
          async (ns, { calls }) => {
            await api.post(maps(ns), { ...configMap(''), metadata: { generateName: 'run-' } });
            expect(calls[0]?.request.name).toBeUndefined();
            expect(calls[0]?.request.object.metadata.name).toBeUndefined();
            expect(calls[0]?.request.object.metadata.generateName).toBe('run-');
          },
        );
      },
      'webhooks',
    );

    it(
      'a dry run is asked about with dryRun true, and the patch shows in its answer',
      async (api) => {
        const reply = () => patch({ op: 'add', path: '/data/more', value: 'yes' });
        await withWebhooks(api, [{}], reply, async (ns, { calls }) => {
          const { body } = await api.post(`${maps(ns)}?dryRun=All`, configMap('a'));
          expect(calls[0]?.request.dryRun).toBe(true);
          expect(body.data).toEqual({ key: 'value', more: 'yes' });
        });
      },
      'webhooks',
    );

    it(
      'a Pod is shown with its defaults and the tolerations of admission, before its status',
      async (api) => {
        const rules = [{ ...createMaps, resources: ['pods'] }, createMaps];
        await withWebhooks(
          api,
          [{ rules }],
          () => allow,
          async (ns, { calls }) => {
            await api.post(pods(ns), pod('a', { spec: { tolerations: [] } }));
            const { object } = calls[0]!.request;
            expect(object.spec).toMatchObject({
              restartPolicy: 'Always',
              terminationGracePeriodSeconds: 30,
              priority: 0,
            });
            expect(object.spec.tolerations).toEqual([
              {
                key: 'node.kubernetes.io/not-ready',
                operator: 'Exists',
                effect: 'NoExecute',
                tolerationSeconds: 300,
              },
              {
                key: 'node.kubernetes.io/unreachable',
                operator: 'Exists',
                effect: 'NoExecute',
                tolerationSeconds: 300,
              },
            ]);
            expect(object.status).toEqual({});
          },
        );
      },
      'webhooks',
    );

    it(
      'the template of a CronJob is shown with defaults but without tolerations',
      async (api) => {
        const rules = [
          { operations: ['CREATE'], apiGroups: ['batch'], apiVersions: ['v1'], resources: ['cronjobs'] },
        ];
        await withWebhooks(
          api,
          [{ rules }],
          () => allow,
          async (ns, { calls }) => {
            await api.post(cronJobs(ns), cronJob('a'));
            const { spec } = calls[0]!.request.object.spec.jobTemplate.spec.template;
            expect(spec).toMatchObject({ dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' });
            expect(spec.tolerations).toBeUndefined();
          },
        );
      },
      'webhooks',
    );

    it(
      'subresources match only where they are named',
      async (api) => {
        const rule = (resource: string) => [
          { operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: [resource] },
        ];
        const hooks = ['pods', 'pods/status', 'pods/binding', 'pods/*', '*/*'].map((name) => ({
          rules: rule(name),
        }));
        await withWebhooks(
          api,
          hooks,
          () => allow,
          async (ns, { calls }) => {
            await api.post(pods(ns), pod('a'));
            const paths = () =>
              calls
                .splice(0)
                .filter((call) => call.request.resource.resource === 'pods')
                .map((call) => call.path)
                .sort();
            expect(paths()).toEqual(['/0', '/3', '/4']);
            await api.patch('merge', `${pods(ns)}/a/status`, { status: { message: 'x' } });
            expect(paths()).toEqual(['/1', '/3', '/4']);
            await api.post(`${pods(ns)}/a/binding`, {
              metadata: { name: 'a' },
              target: { kind: 'Node', name: 'nowhere' },
            });
            expect(paths()).toEqual(['/2', '/3', '/4']);
          },
        );
      },
      'webhooks',
    );

    it(
      'the review of a binding holds the Binding, and names the Pod and the subresource',
      async (api) => {
        const rules = [
          { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/binding'] },
        ];
        await withWebhooks(
          api,
          [{ rules }],
          () => allow,
          async (ns, { calls }) => {
            await api.post(pods(ns), pod('a'));
            await api.post(`${pods(ns)}/a/binding`, {
              metadata: { name: 'a' },
              target: { kind: 'Node', name: 'nowhere' },
            });
            expect(calls[0]?.request).toMatchObject({
              kind: { group: '', version: 'v1', kind: 'Binding' },
              resource: { group: '', version: 'v1', resource: 'pods' },
              subResource: 'binding',
              requestSubResource: 'binding',
              name: 'a',
              namespace: ns,
              operation: 'CREATE',
              object: { kind: 'Binding', apiVersion: 'v1', target: { kind: 'Node', name: 'nowhere' } },
            });
          },
        );
      },
      'webhooks',
    );

    it(
      'a write to scale is asked about as a Scale, not as the Deployment',
      async (api) => {
        const rule = (resource: string) => [
          { operations: ['UPDATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: [resource] },
        ];
        await withWebhooks(
          api,
          [{ rules: rule('deployments/scale') }, { rules: rule('deployments') }],
          () => allow,
          async (ns, { calls }) => {
            await api.post(deployments(ns), deployment('a', { paused: true }));
            await api.patch('merge', `${deployments(ns)}/a/scale`, { spec: { replicas: 1 } });
            const scale = calls.filter((call) => call.request.subResource === 'scale');
            expect(scale.length).toBeGreaterThan(0);
            for (const { path, request } of scale) {
              expect([path, request.kind.kind, request.object.spec.replicas]).toEqual(['/0', 'Scale', 1]);
            }
          },
        );
      },
      'webhooks',
    );

    it(
      'namespaceSelector, objectSelector, rules and matchConditions each keep a call away',
      async (api) => {
        const hooks = [
          { namespaceSelector: { matchLabels: { contract: 'another' } } },
          { objectSelector: { matchLabels: { move: 'yes' } } },
          { rules: [{ ...createMaps, operations: ['DELETE'] }] },
          { rules: [{ ...createMaps, apiGroups: ['apps'] }] },
          { rules: [{ ...createMaps, scope: 'Cluster' }] },
          { matchConditions: [{ name: 'named', expression: 'object.metadata.name.startsWith("vn-")' }] },
          {
            matchConditions: [
              { name: 'fits', expression: 'has(object.data) && request.operation == "CREATE"' },
            ],
          },
          {
            matchConditions: [
              { name: 'label', expression: "object.metadata.?labels['move'].orValue('') == ''" },
            ],
          },
          { matchConditions: [{ name: 'who', expression: '!("system:nodes" in request.userInfo.groups)' }] },
          { rules: [{ ...createMaps, scope: 'Namespaced' }] },
        ];
        await withWebhooks(
          api,
          hooks,
          () => allow,
          async (ns, { calls }) => {
            await api.post(maps(ns), configMap('a'));
            expect(calls.map((call) => call.path)).toEqual(['/6', '/7', '/8', '/9']);
          },
        );
      },
      'webhooks',
    );

    it(
      'a match condition on the target keeps bindings to other nodes away',
      async (api) => {
        const hook = {
          rules: [
            { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods/binding'] },
          ],
          matchConditions: [{ name: 'virtual', expression: 'object.target.name.startsWith("vn-")' }],
        };
        await withWebhooks(
          api,
          [hook],
          () => allow,
          async (ns, { calls }) => {
            for (const name of ['vn-1', 'real-1']) {
              await api.post(pods(ns), pod(name));
              await api.post(`${pods(ns)}/${name}/binding`, {
                metadata: { name },
                target: { kind: 'Node', name },
              });
            }
            expect(calls.map(({ request }) => request.object.target.name)).toEqual(['vn-1']);
          },
        );
      },
      'webhooks',
    );

    it(
      'an objectSelector looks at the labels as they were, too',
      async (api) => {
        const hook = {
          objectSelector: { matchLabels: { move: 'yes' } },
          rules: [{ ...createMaps, operations: ['UPDATE'] }],
        };
        await withWebhooks(
          api,
          [hook],
          () => allow,
          async (ns, { calls }) => {
            await api.post(maps(ns), configMap('a', { labels: { move: 'yes' } }));
            await api.patch('merge', `${maps(ns)}/a`, { metadata: { labels: { move: null } } });
            await api.patch('merge', `${maps(ns)}/a`, { data: { key: 'other' } });
            expect(calls).toHaveLength(1);
          },
        );
      },
      'webhooks',
    );

    it(
      'objects without a namespace match every namespaceSelector',
      async (api) => {
        const rules = [
          { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['nodes'] },
        ];
        await withWebhooks(
          api,
          [{ rules }],
          () => allow,
          async (_, { calls }) => {
            await api.post('/api/v1/nodes?dryRun=All', node(unique('node')));
            expect(calls).toHaveLength(1);
            expect(calls[0]?.request.namespace).toBeUndefined();
          },
        );
      },
      'webhooks',
    );

    it(
      'an Event of one API reaches a rule for the other under Equivalent, converted',
      async (api) => {
        const rules = [
          {
            operations: ['CREATE'],
            apiGroups: ['events.k8s.io'],
            apiVersions: ['v1'],
            resources: ['events'],
          },
        ];
        const hooks = [
          { rules, matchPolicy: 'Equivalent' },
          { rules, matchPolicy: 'Exact' },
        ];
        await withWebhooks(
          api,
          hooks,
          () => allow,
          async (ns, { calls }) => {
            await api.post(`/api/v1/namespaces/${ns}/events`, {
              metadata: { name: 'a.1' },
              involvedObject: { kind: 'Pod', name: 'a', namespace: ns },
              message: 'told',
            });
            expect(calls.map((call) => call.path)).toEqual(['/0']);
            expect(calls[0]?.request).toMatchObject({
              kind: { group: 'events.k8s.io', kind: 'Event' },
              requestKind: { group: '', kind: 'Event' },
              object: { apiVersion: 'events.k8s.io/v1', regarding: { name: 'a' }, note: 'told' },
            });
          },
        );
      },
      'webhooks',
    );
  },
};
