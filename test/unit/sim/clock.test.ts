import { describe, expect, it } from 'vitest';
import { createSimClock } from '../../../src/sim/clock.js';
import { createRandom } from '../../../src/sim/random.js';
import { createBucket } from '../../../src/sim/controllers/token-bucket.js';

describe('the clock of a scenario', () => {
  it('fires timers by time, at equal times in the order of setting', async () => {
    const clock = createSimClock(1000);
    const seen: string[] = [];
    for (const [name, ms] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['d', 90],
    ] as const) {
      clock.after(ms, () => seen.push(`${name}@${clock.now()}`));
    }
    await clock.run(1050);
    expect(seen).toEqual(['a@1010', 'b@1010', 'c@1030']);
    expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([1050, 50, 1]);
  });

  it('lets every promise settle before it moves on', async () => {
    const clock = createSimClock(0);
    const seen: string[] = [];
    clock.after(20, () => seen.push('later'));
    clock.after(10, () => {
      void (async () => {
        for (let i = 0; i < 50; i += 1) await Promise.resolve();
        seen.push(`chain@${clock.now()}`);
        await clock.sleep(5);
        seen.push(`slept@${clock.now()}`);
      })();
    });
    await clock.run(30);
    expect(seen).toEqual(['chain@10', 'slept@15', 'later']);
  });

  it('stands still while something is held, however long that takes', async () => {
    const clock = createSimClock(0);
    let release = (): void => undefined;
    const outside = new Promise<void>((resolve) => {
      release = resolve;
    });
    clock.after(10, () => void clock.hold(outside));
    let passed = false;
    clock.after(20, () => (passed = true));
    const run = clock.run(30);
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect([clock.now(), passed]).toEqual([10, false]);
    release();
    await run;
    expect([clock.now(), passed]).toEqual([30, true]);
  });

  it('does not fire what was cancelled, even at the same instant', async () => {
    const clock = createSimClock(0);
    let fired = false;
    clock.after(10, () => {
      cancel();
    });
    const cancel = clock.after(10, () => (fired = true));
    await clock.run(20);
    expect([fired, clock.pending]).toEqual([false, 0]);
  });

  it('ends a sleep when its signal aborts', async () => {
    const clock = createSimClock(0);
    const stop = new AbortController();
    let woken = -1;
    void clock.sleep(1000, stop.signal).then(() => (woken = clock.now()));
    clock.after(10, () => {
      stop.abort();
    });
    await clock.run(20);
    expect([woken, clock.pending]).toEqual([10, 0]);
  });
});

describe('createBucket', () => {
  it('lets a burst through, then so many a second, in order of asking', async () => {
    const clock = createSimClock(0);
    const bucket = createBucket({ qps: 20, burst: 3 }, clock);
    const at: number[] = [];
    for (let i = 0; i < 6; i += 1) void bucket.take().then(() => at.push(clock.now()));
    await clock.run(1000);
    expect(at).toEqual([0, 0, 0, 50, 100, 150]);
  });

  it('fills up to its burst and no further', async () => {
    const clock = createSimClock(0);
    const bucket = createBucket({ qps: 10, burst: 2 }, clock);
    await clock.run(60_000);
    expect([bucket.reserve(), bucket.reserve(), bucket.reserve()]).toEqual([0, 0, 100]);
  });

  it('has no limit with qps 0', () => {
    const bucket = createBucket({ qps: 0, burst: 0 }, createSimClock(0));
    expect([bucket.reserve(), bucket.reserve()]).toEqual([0, 0]);
  });
});

describe('createRandom', () => {
  it('gives the same numbers for the same seed, others for another', () => {
    const [a, b, c] = [createRandom(1), createRandom(1), createRandom(2)];
    expect([a(), a(), a()]).toEqual([b(), b(), b()]);
    expect(c()).not.toBe(createRandom(1)());
    expect(Array.from({ length: 1000 }, a).every((x) => x >= 0 && x < 1)).toBe(true);
  });
});
