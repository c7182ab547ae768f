import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../../src/kube/client.js';
import { resources } from '../../../src/kube/resource.js';
import { fakeApi, statusOf, type FakeApi } from '../../support/fake-api.js';
import { until } from '../../support/fake-clock.js';
import { failure, listOf, pod, testClient, type TestClient } from '../../support/kube.js';

let api: FakeApi;
let test: TestClient;
let client: Client;

beforeEach(async () => {
  api = await fakeApi();
  test = testClient(api);
  ({ client } = test);
});

afterEach(async () => {
  await test.transport.close();
  await api.close();
});

const aPod = { namespace: 'default', name: 'a' };

describe('the requests that the client sends', () => {
  const cases: readonly [string, (client: Client) => Promise<unknown>, string, string?][] = [
    ['get', (c) => c.get(resources.pods, aPod), 'GET /api/v1/namespaces/default/pods/a'],
    [
      'get of a grouped, cluster-scoped resource',
      (c) => c.get(resources.virtualNodePolicies, { name: 'a' }),
      'GET /apis/tidegate.io/v1alpha1/virtualnodepolicies/a',
    ],
    [
      'create',
      (c) => c.create(resources.jobs, { namespace: 'x' }, { a: 1 }, { dryRun: true, fieldManager: 'me' }),
      'POST /apis/batch/v1/namespaces/x/jobs?dryRun=All&fieldManager=me {"a":1}',
      'application/json',
    ],
    [
      'create of a binding',
      (c) => c.create(resources.pods, { ...aPod, subresource: 'binding' }, { target: { name: 'n' } }),
      'POST /api/v1/namespaces/default/pods/a/binding {"target":{"name":"n"}}',
      'application/json',
    ],
    [
      'update of a status',
      (c) => c.update(resources.pods, { ...aPod, subresource: 'status' }, { status: {} }),
      'PUT /api/v1/namespaces/default/pods/a/status {"status":{}}',
      'application/json',
    ],
    [
      'merge patch',
      (c) => c.patch(resources.pods, aPod, { type: 'merge', body: { metadata: { uid: 'u' } } }),
      'PATCH /api/v1/namespaces/default/pods/a {"metadata":{"uid":"u"}}',
      'application/merge-patch+json',
    ],
    [
      'JSON patch',
      (c) => c.patch(resources.pods, aPod, { type: 'json', body: [] }),
      'PATCH /api/v1/namespaces/default/pods/a []',
      'application/json-patch+json',
    ],
    [
      'strategic patch',
      (c) => c.patch(resources.pods, aPod, { type: 'strategic', body: {} }),
      'PATCH /api/v1/namespaces/default/pods/a {}',
      'application/strategic-merge-patch+json',
    ],
    [
      'apply',
      (c) => c.patch(resources.pods, aPod, { type: 'apply', body: {} }, { fieldManager: 'me', force: true }),
      'PATCH /api/v1/namespaces/default/pods/a?fieldManager=me&force=true {}',
      'application/apply-patch+yaml',
    ],
    [
      'delete with a precondition',
      (c) => c.delete(resources.pods, aPod, { preconditions: { uid: 'u' }, propagationPolicy: 'Background' }),
      'DELETE /api/v1/namespaces/default/pods/a {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u"},"propagationPolicy":"Background"}',
      'application/json',
    ],
  ];
  it.each(cases)('%s', async (_, send, expected, contentType) => {
    api.handle((call) => {
      call.json(pod('a'));
    });
    await send(client);
    const call = api.calls[0]!;
    const query = call.query.toString();
    const line = `${call.method} ${call.path}${query === '' ? '' : `?${query}`}`;
    expect(call.body === '' ? line : `${line} ${call.body}`).toBe(expected);
    expect(call.headers['content-type']).toBe(contentType);
  });

  it('lists a page by selector, limit and token, and says where the next begins', async () => {
    api.handle((call) => {
      call.json(listOf([pod('a')], '7', 'next'));
    });
    const page = await client.list(resources.pods, {
      labelSelector: 'a in (b,c)',
      fieldSelector: 'spec.nodeName=',
      limit: 250,
      continue: 'x=',
    });
    expect(api.calls[0]!.path).toBe('/api/v1/pods');
    expect(Object.fromEntries(api.calls[0]!.query)).toEqual({
      labelSelector: 'a in (b,c)',
      fieldSelector: 'spec.nodeName=',
      limit: '250',
      continue: 'x=',
    });
    expect(page).toMatchObject({
      resourceVersion: '7',
      continue: 'next',
      items: [{ metadata: { name: 'a' } }],
    });
  });

  it('asks for metadata alone where that is wished', async () => {
    api.handle((call) => {
      call.json(listOf([], '7'));
    });
    await client.list(resources.pods, { metadataOnly: true });
    expect(api.calls[0]!.headers.accept).toBe(
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
    );
  });

  it('watches from a resourceVersion, with bookmarks, for a time', async () => {
    api.handle((call) => {
      call.stream().end();
    });
    for await (const event of client.watch(resources.pods, { resourceVersion: '7', timeoutSeconds: 300 })) {
      expect.unreachable(event.type);
    }
    expect(Object.fromEntries(api.calls[0]!.query)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '7',
      timeoutSeconds: '300',
    });
  });

  it('names itself', async () => {
    api.handle((call) => {
      call.json(pod('a'));
    });
    await client.get(resources.pods, aPod);
    expect(api.calls[0]!.headers['user-agent']).toBe('tidegate');
  });
});

describe('a watch', () => {
  it('closes its request when the reader leaves the loop', async () => {
    api.handle(async (call) => {
      await call.stream().write(`${JSON.stringify({ type: 'ADDED', object: pod('a') })}\n`);
    });
    for await (const event of client.watch(resources.pods, {})) {
      expect(event.object.metadata.name).toBe('a');
      break;
    }
    await until('the end of the request', () => api.calls[0]!.closed);
  });

  it('does not keep a place in the lane while it is open', async () => {
    const { client: narrow, transport } = testClient(api, {
      limits: { reads: { perSecond: 10, burst: 10, inFlight: 1 } },
    });
    api.handle(async (call) => {
      if (call.isWatch) await call.stream().write(`${JSON.stringify({ type: 'ADDED', object: pod('a') })}\n`);
      else call.json(pod('a'));
    });
    for await (const event of narrow.watch(resources.pods, {})) {
      expect(event.type).toBe('ADDED');
      await narrow.get(resources.pods, aPod);
      break;
    }
    await transport.close();
  });

  it('throws the Status of an ERROR event by its kind', async () => {
    api.handle(async (call) => {
      await call.stream().write(`${JSON.stringify({ type: 'ERROR', object: statusOf(410, 'Expired') })}\n`);
    });
    const error = await failure(
      (async () => {
        for await (const event of client.watch(resources.pods, {})) expect.unreachable(event.type);
      })(),
    );
    expect(error).toMatchObject({ kind: 'gone', reason: 'Expired' });
  });
});
