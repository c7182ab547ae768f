import { describe, expect, it, onTestFinished } from 'vitest';
import type { Client } from '../../../src/kube/client.js';
import { KubeError } from '../../../src/kube/errors.js';
import { createReporter } from '../../../src/scheduler/report.js';
import { systemRandom } from '../../../src/telemetry/clock.js';
import { fakeClock } from '../../support/fake-clock.js';

const pod = { namespace: 'apps', name: 'a', uid: 'uid-a' };

function reporter() {
  const clock = fakeClock();
  const written: { readonly message: string; readonly lastTransitionTime: string }[] = [];
  const events: string[] = [];
  const dropped: string[] = [];
  const server: { fault: KubeError | undefined } = { fault: undefined };
  const client = {
    patch: (
      _: unknown,
      __: unknown,
      { body }: { readonly body: { status: { conditions: typeof written } } },
    ) => {
      if (server.fault !== undefined) return Promise.reject(server.fault);
      written.push(...body.status.conditions);
      return Promise.resolve({});
    },
  } as unknown as Client;
  const report = createReporter({
    ...{ client, clock, random: systemRandom },
    record: ({ reason, message }) => events.push(`${reason} ${message}`),
    onDropped: (why) => dropped.push(why),
  });
  /** @returns what ends the term. */
  const lead = () => {
    const stop = new AbortController();
    const term = new AbortController();
    const ended = report.run(stop.signal, term.signal);
    const end = async () => {
      term.abort();
      await ended;
    };
    onTestFinished(end);
    return end;
  };
  return { report, clock, written, events, dropped, server, lead };
}

describe('that no node takes a pod', () => {
  it('is told in every term', async () => {
    const one = reporter();
    for (const term of [1, 2]) {
      const end = one.lead();
      one.report.unschedulable(pod, 'full');
      await one.clock.advance(1);
      expect(one.written).toHaveLength(term);
      await end();
    }
    one.report.unschedulable(pod, 'full');
    expect(one.events).toHaveLength(2);
  });

  it('is tried again where it could not be written', async () => {
    const one = reporter();
    one.lead();
    one.server.fault = new KubeError('500', { kind: 'server' });
    one.report.unschedulable(pod, 'full');
    await one.clock.advance(10_000);
    one.server.fault = undefined;
    await one.clock.advance(60_000);
    expect(one.written.map(({ message }) => message)).toEqual(['full']);
    expect(one.dropped.length).toBeGreaterThan(1);
  });

  it.each(['not-found', 'conflict'] as const)('is dropped where the answer is %s', async (kind) => {
    const one = reporter();
    one.lead();
    one.server.fault = new KubeError(kind, { kind });
    one.report.unschedulable(pod, 'full');
    await one.clock.advance(1);
    one.server.fault = undefined;
    await one.clock.advance(600_000);
    expect([one.written, one.dropped]).toEqual([[], []]);
  });

  it('is told in other words after a minute, in the same words after half an hour', async () => {
    const one = reporter();
    one.lead();
    const begin = one.clock.now();
    const say = async (because: string, afterMs: number) => {
      await one.clock.advance(afterMs);
      one.report.unschedulable(pod, because);
      await one.clock.advance(1);
    };
    await say('1/3 full', 0);
    await say('2/3 full', 30_000);
    await say('2/3 full', 31_000);
    await say('2/3 full', 1_700_000);
    await say('2/3 full', 101_000);
    const messages = ['1/3 full', '2/3 full', '2/3 full'];
    expect(one.written.map(({ message }) => message)).toEqual(messages);
    expect(one.events).toEqual(messages.map((message) => `FailedScheduling ${message}`));
    const since = `${new Date(begin).toISOString().slice(0, 19)}Z`;
    expect(new Set(one.written.map(({ lastTransitionTime }) => lastTransitionTime))).toEqual(
      new Set([since]),
    );
  });

  it('is forgotten with the pod', async () => {
    const one = reporter();
    one.lead();
    one.report.unschedulable(pod, 'full');
    await one.clock.advance(1);
    one.report.forget(pod.uid);
    one.report.unschedulable(pod, 'full');
    await one.clock.advance(1);
    expect(one.written).toHaveLength(2);
  });
});
