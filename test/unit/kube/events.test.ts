import { beforeEach, describe, expect, it } from 'vitest';
import type { Client, Patch } from '../../../src/kube/client.js';
import { KubeError, type KubeErrorKind } from '../../../src/kube/errors.js';
import type { EventFacts } from '../../../src/kube/event-series.js';
import { createEventRecorder, type EventRecorder } from '../../../src/kube/events.js';
import type { JsonObject } from '../../../src/objects/json.js';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';
import { noRandom, pod } from '../../support/kube.js';

interface Written {
  readonly verb: 'create' | 'patch';
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly body: JsonObject;
}

let clock: FakeClock;
let written: Written[];
let dropped: string[];
let recorder: EventRecorder;
let stop: AbortController;
let fault: KubeErrorKind | undefined;
let mute: boolean;

beforeEach(() => {
  clock = fakeClock(Date.UTC(2026, 0, 1));
  written = [];
  dropped = [];
  fault = undefined;
  mute = false;
  stop = new AbortController();
  const answer = (what: Written, signal?: AbortSignal) => {
    written.push(what);
    if (mute) {
      return new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new KubeError('cut', { kind: 'aborted' }));
        });
      });
    }
    return fault === undefined
      ? Promise.resolve(pod('x'))
      : Promise.reject(new KubeError('x', { kind: fault }));
  };
  const client: Pick<Client, 'create' | 'patch'> = {
    create: (_, { namespace }, body, options) => {
      const { metadata } = body as { metadata: { name: string } };
      return answer(
        { verb: 'create', namespace, name: metadata.name, body: body as JsonObject },
        options?.signal,
      );
    },
    patch: (_, { namespace, name }, { body }: Patch, options) =>
      answer({ verb: 'patch', namespace, name, body: body as JsonObject }, options?.signal),
  };
  recorder = createEventRecorder({
    client,
    clock,
    random: noRandom,
    reporter: { component: 'tidegate', instance: 'tidegate-0' },
    capacity: 3,
    onDropped: (why) => dropped.push(why),
  });
});

const said = (more: Partial<EventFacts> = {}): EventFacts => ({
  regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'apps', name: 'a', uid: 'u' },
  type: 'Normal',
  reason: 'Scheduled',
  message: 'bound to n-1',
  ...more,
});

describe('createEventRecorder', () => {
  it('writes an event that kubectl describe shows', async () => {
    void recorder.run(stop.signal);
    recorder.record(said());
    await clock.advance(0);
    expect(written).toEqual([
      {
        verb: 'create',
        namespace: 'apps',
        name: 'a.19b76daa800.1',
        body: {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: 'a.19b76daa800.1', namespace: 'apps' },
          involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'apps', name: 'a', uid: 'u' },
          type: 'Normal',
          reason: 'Scheduled',
          message: 'bound to n-1',
          count: 1,
          firstTimestamp: '2026-01-01T00:00:00Z',
          lastTimestamp: '2026-01-01T00:00:00Z',
          source: { component: 'tidegate' },
          reportingComponent: 'tidegate',
          reportingInstance: 'tidegate-0',
        },
      },
    ]);
  });

  it('counts what is said again, and writes the count every half minute at most', async () => {
    void recorder.run(stop.signal);
    for (let second = 0; second < 45; second += 1) {
      recorder.record(said());
      await clock.advance(1000);
    }
    expect(written.map(({ verb, body }) => [verb, body['count'], body['lastTimestamp']])).toEqual([
      ['create', 1, '2026-01-01T00:00:00Z'],
      ['patch', 30, '2026-01-01T00:00:29Z'],
    ]);
    await clock.advance(30_000);
    expect(written.at(-1)).toMatchObject({
      verb: 'patch',
      name: 'a.19b76daa800.1',
      body: { count: 45, lastTimestamp: '2026-01-01T00:00:44Z' },
    });
    expect(clock.pending).toBe(0);
  });

  it.each([
    [
      'another object',
      { regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'apps', name: 'a', uid: 'u2' } },
    ],
    ['another reason', { reason: 'FailedScheduling' }],
    ['another message', { message: 'bound to n-2' }],
    ['another type', { type: 'Warning' as const }],
  ])('does not count %s with it', async (_, more) => {
    void recorder.run(stop.signal);
    recorder.record(said());
    recorder.record(said(more));
    await clock.advance(0);
    expect(written.map(({ verb }) => verb)).toEqual(['create', 'create']);
    expect(new Set(written.map(({ name }) => name)).size).toBe(2);
  });

  it('is news again after ten minutes of silence', async () => {
    void recorder.run(stop.signal);
    recorder.record(said());
    await clock.advance(600_001);
    recorder.record(said());
    await clock.advance(0);
    expect(written.map(({ verb, body }) => [verb, body['count']])).toEqual([
      ['create', 1],
      ['create', 1],
    ]);
  });

  it('writes a new event where the server has forgotten the old one', async () => {
    void recorder.run(stop.signal);
    recorder.record(said());
    await clock.advance(60_000);
    fault = 'not-found';
    recorder.record(said());
    await clock.advance(0);
    expect(written.map(({ verb, name }) => [verb, name])).toEqual([
      ['create', 'a.19b76daa800.1'],
      ['patch', 'a.19b76daa800.1'],
      ['create', 'a.19b76db9260.2'],
    ]);
  });

  it('puts events about what has no namespace into default', async () => {
    void recorder.run(stop.signal);
    recorder.record(said({ regarding: { apiVersion: 'v1', kind: 'Node', name: 'n-1' } }));
    await clock.advance(0);
    expect(written[0]!.namespace).toBe('default');
  });

  it('keeps names and messages within what the server takes', async () => {
    void recorder.run(stop.signal);
    recorder.record(
      said({
        regarding: { apiVersion: 'v1', kind: 'Pod', name: 'a'.repeat(253) },
        message: 'b'.repeat(5000),
      }),
    );
    await clock.advance(0);
    expect(written[0]!.name!.length).toBeLessThanOrEqual(253);
    expect((written[0]!.body['message'] as string).length).toBe(1024);
  });

  it('drops what does not fit, and never blocks or throws', async () => {
    for (let i = 0; i < 5; i += 1) recorder.record(said({ message: String(i) }));
    expect(dropped).toEqual(['full', 'full']);
    void recorder.run(stop.signal);
    await clock.advance(0);
    expect(written.map(({ body }) => body['message'])).toEqual(['0', '1', '2']);
  });

  it('drops what cannot be written, and does not try again', async () => {
    fault = 'forbidden';
    void recorder.run(stop.signal);
    recorder.record(said());
    await clock.advance(60_000);
    expect([written.length, dropped]).toEqual([1, ['failed']]);
  });

  it('ends at once, cutting what is under way and dropping what waits', async () => {
    mute = true;
    const running = recorder.run(stop.signal);
    recorder.record(said());
    await clock.advance(0);
    recorder.record(said());
    stop.abort();
    await running;
    expect([written.length, dropped, clock.pending]).toEqual([1, [], 0]);
    recorder.record(said({ message: 'too late' }));
    expect(clock.pending).toBe(0);
  });

  it('forgets the series that was silent for longest', async () => {
    void recorder.run(stop.signal);
    for (let i = 0; i <= 4096; i += 1) {
      recorder.record(said({ message: String(i) }));
      await Promise.resolve();
      if (i % 3 === 0) await clock.advance(0);
    }
    await clock.advance(0);
    written = [];
    await clock.advance(30_000);
    recorder.record(said({ message: '0' }));
    recorder.record(said({ message: '4096' }));
    await clock.advance(0);
    expect(written.map(({ verb, body }) => [verb, body['count']])).toEqual([
      ['create', 1],
      ['patch', 2],
    ]);
  });
});
