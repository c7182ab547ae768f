import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, pod, testBox } from '../../../support/box.js';
import type { TestBox } from '../../../support/box.js';

let box: TestBox;
beforeAll(async () => {
  box = await testBox({ users: { jane: { username: 'jane', groups: ['devs'] } } });
});
afterAll(() => box.close());

const maps = '/api/v1/namespaces/default/configmaps';

describe('the server', () => {
  it('refuses a request without credentials', async () => {
    const answer = await box.send('GET', maps, undefined, { authorization: 'Bearer wrong' });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ kind: 'Status', reason: 'Unauthorized', message: 'Unauthorized' });
  });

  it('answers a path that nobody serves with plain text, and an unknown resource with a Status', async () => {
    expect(await box.send('GET', '/apis/nope/v1/things')).toMatchObject({
      status: 404,
      body: '404 page not found\n',
    });
    expect((await box.send('GET', '/api/v1/things')).body).toMatchObject({
      reason: 'NotFound',
      message: 'the server could not find the requested resource',
    });
  });

  it('refuses what it cannot read or write, so that a client may fall back to JSON', async () => {
    const proto = 'application/vnd.kubernetes.protobuf';
    expect((await box.send('GET', maps, undefined, { accept: proto })).status).toBe(406);
    expect((await box.send('GET', maps, undefined, { accept: `${proto},application/json` })).status).toBe(
      200,
    );
    expect((await box.send('POST', maps, 'x', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('refuses a body beyond 3 MiB', async () => {
    const answer = await box.send('POST', maps, { ...configMap('big'), data: { a: 'x'.repeat(3_200_000) } });
    expect(answer).toMatchObject({ status: 413, body: { reason: 'RequestEntityTooLarge' } });
  });

  it('speaks YAML to those who ask for it', async () => {
    await box.send('POST', maps, 'metadata: {name: yaml}\ndata: {a: b}\n', {
      'content-type': 'application/yaml',
    });
    const answer = await box.send('GET', `${maps}/yaml`, undefined, { accept: 'application/yaml' });
    expect(answer.body).toContain('kind: ConfigMap');
  });

  it('sends what it left out as a warning', async () => {
    const answer = await box.send('POST', `${maps}?dryRun=All`, { ...configMap('warn'), dta: {} });
    expect(answer.headers['warning']).toBe('299 - "unknown field \\"dta\\""');
  });

  it('writes a watch as lines of JSON, each event as it happens', async () => {
    const watch = box.watch(`${maps}?watch=1&fieldSelector=metadata.name%3Dwatched`);
    const first = watch.next();
    await box.send('POST', maps, configMap('watched'));
    expect((await first).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'watched' } } });
    await box.send('DELETE', `${maps}/watched`);
    expect((await watch.next()).value).toMatchObject({ type: 'DELETED' });
    await watch.return(undefined);
  });

  it('asks the authorizer it was given, and words a refusal as the real thing does', async () => {
    const strict = await testBox({
      users: { t: { username: 'jane', groups: [] } },
      authorize: (user, { verb }) => (user.username === 'jane' && verb === 'create' ? '' : undefined),
    });
    const answer = await strict.send(
      'POST',
      '/api/v1/namespaces/default/pods/x/binding',
      {},
      { authorization: 'Bearer t' },
    );
    expect(answer).toMatchObject({
      status: 403,
      body: {
        message:
          'pods "x" is forbidden: User "jane" cannot create resource "pods/binding" in API group "" in the namespace "default"',
      },
    });
    await strict.close();
  });

  it('takes the user from a client certificate of its own authority', async () => {
    const { Agent, request } = await import('undici');
    const { certificate, key } = box.clientCertificate('kay', ['team']);
    const dispatcher = new Agent({ connect: { ca: box.caBundle, cert: certificate, key } });
    const answer = await request(`${box.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
      method: 'POST',
      dispatcher,
      body: '{}',
    });
    expect(await answer.body.json()).toMatchObject({
      status: { userInfo: { username: 'kay', groups: ['team', 'system:authenticated'] } },
    });
    await dispatcher.destroy();
  });

  it('lets the process in without HTTP, by the same rules', async () => {
    await box.door.create('pods', pod('inside', { metadata: { namespace: 'default' } }) as never);
    expect((await box.send('GET', '/api/v1/namespaces/default/pods/inside')).body.status).toEqual({
      phase: 'Pending',
      qosClass: 'BestEffort',
    });
    await expect(
      box.door.create('pods', pod('inside', { metadata: { namespace: 'nope' } }) as never),
    ).rejects.toThrow('namespaces "nope" not found');
  });

  it('closes with a connection whose TLS is still being agreed', async () => {
    const other = await testBox();
    const socket = connect(Number(new URL(other.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    await other.close();
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });
});
