import { describe, expect, it } from 'vitest';
import { createQueue } from '../../../src/scheduler/queue.js';
import { toSchedulerPod } from '../../../src/scheduler/pod.js';
import { fakeClock } from '../../support/fake-clock.js';
import { usedHeap } from '../../support/heap.js';

const pod = (
  name: string,
  more: { priority?: number; second?: number; gated?: boolean; uid?: string } = {},
) =>
  toSchedulerPod({
    metadata: {
      name,
      namespace: 'apps',
      uid: more.uid ?? name,
      creationTimestamp: `2026-01-01T00:00:0${more.second ?? 0}Z`,
    },
    spec: {
      priority: more.priority ?? 0,
      containers: [],
      ...(more.gated === true ? { schedulingGates: [{ name: 'g' }] } : {}),
    },
  });

function queue() {
  const clock = fakeClock();
  const woken = { times: 0 };
  const made = createQueue(clock, () => {
    woken.times += 1;
  });
  const drain = (): readonly string[] => {
    const names: string[] = [];
    for (let next = made.next(); next !== undefined; next = made.next()) names.push(next.name);
    return names;
  };
  return { ...made, queue: made, clock, woken, drain };
}

describe('the queue', () => {
  it('gives by priority, then age, then arrival', () => {
    const q = queue();
    q.put(pod('young', { second: 5 }));
    q.put(pod('first'));
    q.put(pod('second'));
    q.put(pod('urgent', { priority: 9, second: 9 }));
    expect(q.drain()).toEqual(['urgent', 'first', 'second', 'young']);
  });

  it('gives a pod once, however often it changes meanwhile', () => {
    const q = queue();
    q.put(pod('a'));
    q.put(pod('a'));
    expect(q.drain()).toEqual(['a']);
    q.put(pod('a', { priority: 1 }));
    expect(q.drain()).toEqual([]);
  });

  it('tells a pod from a later one of the same name', () => {
    const q = queue();
    q.put(pod('a', { uid: 'old' }));
    q.remove('old');
    q.put(pod('a', { uid: 'new' }));
    expect(q.drain()).toEqual(['a']);
    expect([q.queue.ready, q.queue.waiting]).toEqual([0, 0]);
  });

  it('leaves one alone that has ended', () => {
    const q = queue();
    q.put({ ...pod('a'), isHeld: true });
    expect(toSchedulerPod({ metadata: { name: 'a' }, spec: {}, status: { phase: 'Failed' } }).isHeld).toBe(
      true,
    );
    expect(q.drain()).toEqual([]);
  });

  it('lets one go that is held, and takes it when it is not', () => {
    const q = queue();
    q.put(pod('a'));
    q.put(pod('a', { gated: true }));
    expect(q.drain()).toEqual([]);
    q.put(pod('a'));
    expect(q.drain()).toEqual(['a']);
  });

  it('tries again after its wait when something has changed, and after 30 s in any case', async () => {
    const q = queue();
    q.put(pod('a'));
    const [first] = [q.next()];
    if (first === undefined) throw new Error('nothing came');
    q.putBack(first);
    q.changed();
    await q.clock.advance(999);
    expect(q.drain()).toEqual([]);
    await q.clock.advance(1001);
    expect(q.drain()).toEqual(['a']);
    q.putBack(first);
    await q.clock.advance(29_000);
    expect(q.drain()).toEqual([]);
    await q.clock.advance(2000);
    expect(q.drain()).toEqual(['a']);
  });

  it('tries a pod whose Binding failed again after its wait, though nothing has changed', async () => {
    const q = queue();
    q.put(pod('a'));
    const first = q.next();
    if (first !== undefined) q.queue.retry(first);
    await q.clock.advance(900);
    expect(q.drain()).toEqual([]);
    await q.clock.advance(1100);
    expect(q.drain()).toEqual(['a']);
  });

  it('holds nothing of pods that others took, where nobody takes from it', () => {
    const q = queue();
    const many = 20_000;
    const pass = () => {
      for (let i = 0; i < many; i += 1) {
        q.put(pod(`p-${i}`));
        q.queue.remove(`p-${i}`);
      }
    };
    pass();
    const before = usedHeap();
    pass();
    expect((usedHeap() - before) / many).toBeLessThan(20);
    q.put(pod('last'));
    expect(q.drain()).toEqual(['last']);
  });

  it('wakes whoever binds when something is ready', async () => {
    const q = queue();
    q.put(pod('a'));
    expect(q.woken.times).toBe(1);
    const first = q.next();
    if (first !== undefined) q.putBack(first);
    q.changed();
    await q.clock.advance(3000);
    expect(q.woken.times).toBeGreaterThan(1);
  });
});
