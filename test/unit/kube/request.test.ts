import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../../src/kube/client.js';
import { resources } from '../../../src/kube/resource.js';
import { fakeApi, type FakeApi, type Handler } from '../../support/fake-api.js';
import { until, type FakeClock } from '../../support/fake-clock.js';
import { failure, pod, testClient, type TestClient } from '../../support/kube.js';

let api: FakeApi;
let test: TestClient;
let client: Client;
let clock: FakeClock;

beforeEach(async () => {
  api = await fakeApi();
  test = testClient(api);
  ({ client, clock } = test);
});

afterEach(async () => {
  await test.transport.close();
  await api.close();
});

const aPod = { namespace: 'default', name: 'a' };

describe('the errors that the client throws', () => {
  it.each([
    [400, 'BadRequest', 'invalid'],
    [401, 'Unauthorized', 'unauthorized'],
    [403, 'Forbidden', 'forbidden'],
    [404, 'NotFound', 'not-found'],
    [409, 'AlreadyExists', 'conflict'],
    [410, 'Expired', 'gone'],
    [422, 'Invalid', 'invalid'],
    [429, 'TooManyRequests', 'throttled'],
    [500, 'InternalError', 'server'],
    [503, 'ServiceUnavailable', 'unreachable'],
    [504, 'Timeout', 'timeout'],
  ])('%i %s is %s', async (code, reason, kind) => {
    api.handle((call) => {
      call.status(code, reason, { message: 'it says why' });
    });
    const error = await failure(client.get(resources.pods, aPod, { retries: 0 }));
    expect(error).toMatchObject({ kind, status: code, reason, code: 'kube-request' });
    expect(error.message).toBe(
      `GET /api/v1/namespaces/default/pods/a: expected success, came ${code} ${reason}: it says why`,
    );
  });

  it('never quotes a body that is no Status', async () => {
    api.handle((call) => {
      call.json({ password: 'hunter2' }, 500);
    });
    const error = await failure(client.get(resources.pods, aPod, { retries: 0 }));
    expect(error.message).toBe('GET /api/v1/namespaces/default/pods/a: expected success, came 500');
  });

  it('cuts a message that quotes a whole object', async () => {
    api.handle((call) => {
      call.status(422, 'Invalid', { message: 'x'.repeat(10_000) });
    });
    expect((await failure(client.get(resources.pods, aPod))).message.length).toBeLessThan(500);
  });

  it('names the causes, so that a disruption budget is told from load', async () => {
    api.handle((call) => {
      call.status(429, 'TooManyRequests', { causes: ['DisruptionBudget'] });
    });
    const eviction = client.create(resources.pods, { ...aPod, subresource: 'eviction' }, {});
    expect((await failure(eviction)).causes).toEqual(['DisruptionBudget']);
    expect(api.calls).toHaveLength(1);
  });

  it('says that a refused connection did nothing', async () => {
    await api.close();
    const error = await failure(client.create(resources.pods, { namespace: 'x' }, {}, { retries: 0 }));
    expect(error).toMatchObject({ kind: 'unreachable', effect: 'nothing' });
    expect(error.message).toMatch(
      /^POST \/api\/v1\/namespaces\/x\/pods: expected an answer, came ECONNREFUSED/,
    );
  });

  it('says that a connection broken after the write was sent may have done it', async () => {
    api.handle((call) => {
      call.cut();
    });
    const error = await failure(client.create(resources.pods, { namespace: 'x' }, {}));
    expect(error).toMatchObject({ kind: 'unreachable', effect: 'unknown' });
    expect(api.calls).toHaveLength(1);
  });

  it('is a server error when a proxy answers with a page', async () => {
    api.handle((call) => {
      call.json('<html>');
    });
    expect((await failure(client.get(resources.pods, aPod))).message).toBe(
      'GET /api/v1/namespaces/default/pods/a: expected an object with metadata, came string',
    );
  });

  it('is the caller’s own end when its signal aborts', async () => {
    const stop = new AbortController();
    api.handle(() => {
      stop.abort(new Error('the term is over'));
    });
    const error = await failure(client.get(resources.pods, aPod, { signal: stop.signal }));
    expect(error).toMatchObject({ kind: 'aborted', effect: 'unknown' });
    expect(error.message).toMatch(/the term is over/);
  });
});

describe('trying again', () => {
  it.each([
    [
      '500',
      (call) => {
        call.status(500, 'InternalError');
      },
    ],
    [
      '503',
      (call) => {
        call.status(503, 'ServiceUnavailable');
      },
    ],
    [
      'a broken connection',
      (call) => {
        call.cut();
      },
    ],
    [
      '429 without Retry-After',
      (call) => {
        call.status(429, 'TooManyRequests');
      },
    ],
  ] satisfies [string, Handler][])(
    'reads again after %s, at growing intervals, five times in all',
    async (_, fault) => {
      api.handle(fault);
      const failed = failure(client.get(resources.pods, aPod));
      for (const [calls, waitMs] of [
        [1, 250],
        [2, 500],
        [3, 1000],
        [4, 2000],
      ] as const) {
        await until('the wait', () => api.calls.length === calls && clock.nextIn === waitMs);
        await clock.advance(waitMs);
      }
      await failed;
      expect(api.calls).toHaveLength(5);
    },
  );

  it('waits as long as Retry-After says, for a write too', async () => {
    api.handle((call) => {
      if (api.calls.length === 1) call.status(429, 'TooManyRequests', { headers: { 'retry-after': '7' } });
      else call.json(pod('a'));
    });
    const created = client.create(resources.pods, { namespace: 'x' }, {});
    await until('the wait', () => clock.nextIn === 7000);
    await clock.advance(6999);
    expect(api.calls).toHaveLength(1);
    await clock.advance(1);
    await expect(created).resolves.toMatchObject({ metadata: { name: 'a' } });
  });

  it('holds back the rest of the lane while the server wants quiet, and no other lane', async () => {
    api.handle((call) => {
      if (api.calls.length === 1) call.status(429, 'TooManyRequests', { headers: { 'retry-after': '7' } });
      else call.json(pod('a'));
    });
    const first = client.create(resources.pods, { namespace: 'x' }, {});
    await until('the wait', () => clock.nextIn === 7000);
    const second = client.create(resources.pods, { namespace: 'x' }, {});
    await client.create(resources.leases, { namespace: 'x' }, {}, { lane: 'lease' });
    expect(api.calls.map((call) => call.path.split('/').at(-1))).toEqual(['pods', 'leases']);
    await clock.advance(7000);
    await Promise.all([first, second]);
  });

  it('does not wait for longer than a minute', async () => {
    api.handle((call) => {
      call.status(429, 'TooManyRequests', { headers: { 'retry-after': '61' } });
    });
    expect(await failure(client.get(resources.pods, aPod))).toMatchObject({ retryAfterMs: 61_000 });
  });

  it('never writes again after a 500', async () => {
    api.handle((call) => {
      call.status(500, 'InternalError');
    });
    expect(await failure(client.patch(resources.pods, aPod, { type: 'merge', body: {} }))).toMatchObject({
      effect: 'unknown',
    });
    expect(api.calls).toHaveLength(1);
  });

  it('writes again when nobody listened', async () => {
    const { url } = api;
    await api.close();
    const created = client.create(resources.pods, { namespace: 'x' }, {});
    await until('the wait', () => clock.nextIn === 250);
    api = await fakeApi(undefined, Number(new URL(url).port));
    api.handle((call) => {
      call.json(pod('a'));
    });
    await clock.advance(250);
    await created;
  });

  it('asks for a new credential once after a 401', async () => {
    api.handle((call) => {
      call.status(401, 'Unauthorized');
    });
    await failure(client.get(resources.pods, aPod));
    expect(api.calls).toHaveLength(2);
  });

  it('ends at once when the signal aborts during a wait', async () => {
    api.handle((call) => {
      call.status(500, 'InternalError');
    });
    const stop = new AbortController();
    const failed = failure(client.get(resources.pods, aPod, { signal: stop.signal }));
    await until('the wait', () => clock.nextIn === 250);
    stop.abort();
    expect((await failed).kind).toBe('aborted');
    expect(clock.pending).toBe(0);
  });
});

describe('a server that accepts and never answers', () => {
  it('is given up after the deadline, and not asked again', async () => {
    api.handle(() => undefined);
    const failed = failure(client.get(resources.pods, aPod, { timeoutMs: 5000 }));
    await until('the request', () => api.calls.length === 1);
    await clock.advance(4999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect(await failed).toMatchObject({ kind: 'timeout', effect: 'unknown' });
    expect(api.calls).toHaveLength(1);
  });

  it('is given up when it stops in the middle of a body', async () => {
    api.handle(async (call) => {
      await call.stream().write('{"metadata":');
    });
    const failed = failure(client.get(resources.pods, aPod, { timeoutMs: 5000 }));
    await until('the request', () => api.calls.length === 1);
    await clock.advance(5000);
    expect((await failed).kind).toBe('timeout');
  });

  it('ends a watch that has been quiet for too long, however long it has run', async () => {
    const seen: string[] = [];
    const { promise: streaming, resolve } = Promise.withResolvers<(line: object) => Promise<void>>();
    api.handle((call) => {
      const stream = call.stream();
      resolve((line) => stream.write(`${JSON.stringify(line)}\n`));
    });
    const watching = failure(
      (async () => {
        for await (const { object } of client.watch(resources.pods, {}, { idleMs: 1000 })) {
          seen.push(object.metadata.name ?? '');
        }
      })(),
    );
    const write = await streaming;
    for (const name of ['a', 'b', 'c']) {
      await write({ type: 'ADDED', object: pod(name) });
      await until('the event', () => seen.at(-1) === name);
      await clock.advance(900);
    }
    await clock.advance(100);
    expect((await watching).kind).toBe('timeout');
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(clock.pending).toBe(0);
  });
});
