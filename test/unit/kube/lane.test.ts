import { describe, expect, it } from 'vitest';
import { createLane, type Lane } from '../../../src/kube/lane.js';
import { fakeClock, turn } from '../../support/fake-clock.js';

const never = new AbortController().signal;
const wide = { perSecond: 1000, burst: 1000, inFlight: 1000 };

/** Lets `count` in one after the other and notes who is in. */
function crowd(lane: Lane, count: number, signal = never) {
  const inside: number[] = [];
  const leave = new Map<number, () => void>();
  const all = Array.from({ length: count }, async (_, i) => {
    const done = await lane.enter(signal);
    if (done === undefined) return;
    inside.push(i);
    leave.set(i, done);
  });
  return { inside, leave, all };
}

describe('createLane', () => {
  it('lets a burst in at once and the rest by the second, in order', async () => {
    const clock = fakeClock();
    const { inside } = crowd(createLane({ ...wide, perSecond: 2, burst: 3 }, clock), 6);
    await turn();
    expect(inside).toEqual([0, 1, 2]);
    await clock.advance(499);
    expect(inside).toEqual([0, 1, 2]);
    await clock.advance(1);
    expect(inside).toEqual([0, 1, 2, 3]);
    await clock.advance(1000);
    expect(inside).toEqual([0, 1, 2, 3, 4, 5]);
    expect(clock.pending).toBe(0);
  });

  it('fills up to a burst in a pause, and no further', async () => {
    const clock = fakeClock();
    const lane = createLane({ ...wide, perSecond: 2, burst: 3 }, clock);
    crowd(lane, 3);
    await clock.advance(60_000);
    const { inside } = crowd(lane, 5);
    await turn();
    expect(inside).toEqual([0, 1, 2]);
  });

  it('keeps as many under way as allowed', async () => {
    const { inside, leave } = crowd(createLane({ ...wide, inFlight: 2 }, fakeClock()), 4);
    await turn();
    expect(inside).toEqual([0, 1]);
    leave.get(0)!();
    await turn();
    expect(inside).toEqual([0, 1, 2]);
  });

  it('counts a place that is given back twice once', async () => {
    const { inside, leave } = crowd(createLane({ ...wide, inFlight: 1 }, fakeClock()), 3);
    await turn();
    leave.get(0)!();
    leave.get(0)!();
    await turn();
    expect(inside).toEqual([0, 1]);
  });

  it('lets nobody in during a pause', async () => {
    const clock = fakeClock();
    const lane = createLane(wide, clock);
    lane.pause(1000);
    lane.pause(10);
    const { inside } = crowd(lane, 1);
    await clock.advance(999);
    expect(inside).toEqual([]);
    await clock.advance(1);
    expect(inside).toEqual([0]);
  });

  it('drops who gives up waiting, without a token lost or a timer left', async () => {
    const clock = fakeClock();
    const lane = createLane({ ...wide, perSecond: 1, burst: 1 }, clock);
    crowd(lane, 1);
    const stop = new AbortController();
    const impatient = crowd(lane, 3, stop.signal);
    const patient = crowd(lane, 1);
    await turn();
    stop.abort();
    await Promise.all(impatient.all);
    expect(lane.waiting).toBe(1);
    await clock.advance(1000);
    expect([impatient.inside, patient.inside]).toEqual([[], [0]]);
    expect([lane.waiting, clock.pending]).toEqual([0, 0]);
  });

  it('does not let in who has given up already', async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await createLane(wide, fakeClock()).enter(stop.signal)).toBeUndefined();
  });
});
