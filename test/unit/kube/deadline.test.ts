import { describe, expect, it } from 'vitest';
import { createDeadline } from '../../../src/kube/deadline.js';
import { fakeClock } from '../../support/fake-clock.js';

describe('createDeadline', () => {
  it('aborts when the time is up', async () => {
    const clock = fakeClock();
    const deadline = createDeadline(clock, 100, undefined);
    await clock.advance(99);
    expect(deadline.signal.aborted).toBe(false);
    await clock.advance(1);
    expect([deadline.signal.aborted, deadline.expired]).toEqual([true, true]);
  });

  it('is put off and put forward', async () => {
    const clock = fakeClock();
    const deadline = createDeadline(clock, 100, undefined);
    await clock.advance(90);
    deadline.extend(100);
    await clock.advance(99);
    expect(deadline.expired).toBe(false);
    deadline.extend(10_000);
    deadline.extend(5);
    await clock.advance(5);
    expect(deadline.expired).toBe(true);
  });

  it('follows the other signal, with its reason, and then no longer expires', async () => {
    const clock = fakeClock();
    const outer = new AbortController();
    const deadline = createDeadline(clock, 100, outer.signal);
    outer.abort(new Error('over'));
    expect([deadline.signal.reason, deadline.expired]).toEqual([new Error('over'), false]);
    await clock.advance(100);
    expect([deadline.expired, clock.pending]).toEqual([false, 0]);
  });

  it('begins aborted where the other signal is', () => {
    const clock = fakeClock();
    const deadline = createDeadline(clock, 100, AbortSignal.abort());
    expect([deadline.signal.aborted, clock.pending]).toEqual([true, 0]);
  });

  it('leaves nothing behind when cleared', () => {
    const clock = fakeClock();
    const outer = new AbortController();
    const deadline = createDeadline(clock, 100, outer.signal);
    deadline.clear();
    outer.abort();
    expect([deadline.signal.aborted, clock.pending]).toEqual([false, 0]);
  });
});
