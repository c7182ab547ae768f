import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fence } from '../../src/kube/fence.js';
import { createElection, type Term } from '../../src/kube/lease.js';
import { resources } from '../../src/kube/resource.js';
import { fakeApi, type FakeApi, type FakeCall } from '../support/fake-api.js';
import { until } from '../support/fake-clock.js';
import { failure, noRandom, pod, testClient, type TestClient } from '../support/kube.js';

let api: FakeApi;
let test: TestClient;

beforeEach(async () => {
  api = await fakeApi();
  test = testClient(api);
});

afterEach(async () => {
  await test.transport.close();
  await api.close();
});

const isLease = (call: FakeCall) => call.path.includes('/leases');
const isWrite = (call: FakeCall) => !isLease(call) && call.method !== 'GET';

/** A server whose Lease can be broken, and that never answers a write. */
async function lead() {
  const { client, clock } = test;
  const state = { leaseWorks: true };
  let version = 0;
  let lease: string | undefined;
  api.handle((call) => {
    if (!isLease(call)) return;
    if (!state.leaseWorks) call.status(500, 'InternalError');
    else if (call.method === 'GET') {
      if (lease === undefined) call.status(404, 'NotFound');
      else call.json(JSON.parse(lease));
    } else {
      version += 1;
      const body = JSON.parse(call.body) as { metadata: object };
      lease = JSON.stringify({ ...body, metadata: { ...body.metadata, resourceVersion: String(version) } });
      call.json(JSON.parse(lease));
    }
  });
  const { promise: begun, resolve } = Promise.withResolvers<Term>();
  const stop = new AbortController();
  const election = createElection({
    client,
    clock,
    random: noRandom,
    namespace: 'tidegate',
    name: 'controllers',
    identity: 'a',
    lead: (term) => {
      resolve(term);
      return new Promise((ended) => {
        term.signal.addEventListener('abort', () => {
          ended();
        });
      });
    },
  });
  const running = election.run(stop.signal);
  const term = await begun;
  return { client: fence(client, term), clock, state, election, running, stop };
}

describe('a lease lost during a write', () => {
  const target = { namespace: 'x', name: 'a' };
  const mark = { type: 'merge', body: { metadata: { annotations: { a: 'b' } } } } as const;

  it('cuts the write within ten seconds of the last renewal, before anybody else may lead', async () => {
    const { client, clock, state, election, running, stop } = await lead();
    const write = failure(client.patch(resources.pods, target, mark));
    await until('the write', () => api.calls.some(isWrite));
    state.leaseWorks = false;
    for (let second = 0; second < 10; second += 1) await clock.advance(1000);
    expect(await write).toMatchObject({ kind: 'aborted', effect: 'unknown' });
    await until('the end of the request', () => api.calls.find(isWrite)!.closed);
    expect(election.isLeader).toBe(false);
    stop.abort();
    await running;
  });

  it('lets no further write out, nor the next try of one that waits', async () => {
    const { client, clock, state, running, stop } = await lead();
    const answer = api.calls.length;
    api.handle((call) => {
      if (isWrite(call)) call.status(429, 'TooManyRequests', { headers: { 'retry-after': '30' } });
      else call.status(500, 'InternalError');
    });
    const waiting = failure(client.patch(resources.pods, target, mark));
    await until('the refusal', () => api.calls.slice(answer).some(isWrite));
    state.leaseWorks = false;
    for (let second = 0; second < 40; second += 1) await clock.advance(1000);
    expect((await waiting).kind).toBe('aborted');
    expect((await failure(client.create(resources.pods, { namespace: 'x' }, pod('b')))).kind).toBe('aborted');
    expect(api.calls.filter(isWrite)).toHaveLength(1);
    stop.abort();
    await running;
  });
});
