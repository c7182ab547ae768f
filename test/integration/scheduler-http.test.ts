import { onTestFinished, describe, expect, it } from 'vitest';
import { createRunner } from '../../src/controllers/runner.js';
import { createClient } from '../../src/kube/client.js';
import { createTransport } from '../../src/kube/transport.js';
import { createScheduler } from '../../src/scheduler/index.js';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';
import { eventually } from '../support/eventually.js';
import { pod, testBox, type TestBox } from '../support/box.js';
import { schedulerName } from '../support/scheduler.js';

const ignore = (): undefined => undefined;

/** The scheduler over real connections, with nodes and without kubelets. */
async function start(): Promise<{ readonly box: TestBox; readonly bound: () => readonly string[] }> {
  const box = await testBox();
  onTestFinished(() => box.close());
  for (const name of ['vn-1', 'vn-2']) {
    await box.send('POST', '/api/v1/nodes', { metadata: { name, labels: { type: 'virtual-kubelet' } } });
    await box.send('PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } }, merge);
    const status = { allocatable: { cpu: '10000', memory: '100Ti', pods: '10000' } };
    await box.send('PATCH', `/api/v1/nodes/${name}/status`, { status }, merge);
  }
  const connection = {
    server: box.url,
    namespace: 'default',
    access: () =>
      Promise.resolve({ headers: { authorization: `Bearer ${box.token}` }, tls: { ca: box.caBundle } }),
    renew: ignore,
  };
  const transport = createTransport(connection);
  onTestFinished(() => transport.close());
  const binds = { perSecond: 5000, burst: 5000, inFlight: 64 };
  const client = createClient({ transport, clock: systemClock, random: systemRandom, limits: { binds } });
  const parts = { client, clock: systemClock, random: systemRandom };
  const scheduler = createScheduler({
    ...parts,
    binds: client,
    name: schedulerName,
    pool: { key: 'pool' },
    headroom: 0.1,
    noProgressMs: 60_000,
    inFlight: 64,
    marksOf: () => ({}),
    observer: {
      ...{ fault: ignore, queue: ignore, accepted: ignore, started: ignore, dropped: ignore, bound: ignore },
      ...{ breaker: ignore, notBound: ignore, unschedulable: ignore, refused: ignore, rescued: ignore },
      ...{ stays: ignore, rescueFailed: ignore, left: ignore },
    },
  });
  const runner = createRunner({ ...parts, controllers: [scheduler], onLeading: ignore, onFault: ignore });
  const stop = new AbortController();
  const running = runner.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  await eventually('the lists', () => scheduler.hasSynced);
  const bound = () =>
    box.door.list('pods').flatMap(({ spec }) => (spec as { readonly nodeName?: string }).nodeName ?? []);
  return { box, bound };
}

const merge = { 'content-type': 'application/merge-patch+json' };
const spec = { schedulerName, tolerations: [{ operator: 'Exists' }] };

describe('Bindings come through', () => {
  const binding = { verb: 'create', resource: 'pods', subresource: 'binding' };
  it.each([
    { name: 'a storm of 429', fault: { type: 'status', code: 429, retryAfterSeconds: 1 }, times: 100 },
    { name: '500 answers', fault: { type: 'status', code: 500 }, times: 100 },
    { name: '503 answers', fault: { type: 'status', code: 503 }, times: 100 },
    { name: 'connections that break without an answer', fault: { type: 'reset' }, times: 50 },
    { name: 'a conflict that is none', fault: { type: 'status', code: 409, reason: 'Conflict' }, times: 50 },
    { name: 'slow answers', fault: { type: 'delay', ms: 500 }, times: 100 },
  ] as const)('$name', async ({ fault, times }) => {
    const { box, bound } = await start();
    const planned = box.faults.add({ match: binding, fault, times });
    for (let i = 0; i < 150; i += 1) {
      await box.send('POST', '/api/v1/namespaces/default/pods', pod(`p-${i}`, { spec }));
    }
    await eventually('every pod to be bound', () => bound().length === 150);
    expect(planned.hits()).toBe(times);
  });

  it('a role that is taken away and given back', async () => {
    const { box, bound } = await start();
    const forbidden = box.faults.add({ match: binding, fault: { type: 'status', code: 403 } });
    await box.send('POST', '/api/v1/namespaces/default/pods', pod('p', { spec }));
    await eventually('a try', () => forbidden.hits() > 0);
    expect(bound()).toEqual([]);
    forbidden.remove();
    await eventually('the pod to be bound', () => bound().length === 1);
  });
});
