import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runWorkers, type WorkersDeps } from '../../../src/kube/workers.js';
import { createWorkqueue } from '../../../src/kube/workqueue.js';
import { fakeClock, turn } from '../../support/fake-clock.js';
import { noRandom } from '../../support/kube.js';

function start(work: (key: string, signal: AbortSignal) => Promise<void>, deps: Partial<WorkersDeps> = {}) {
  const clock = fakeClock();
  const queue = createWorkqueue({ clock, random: noRandom });
  const stop = new AbortController();
  const drop = new AbortController();
  const errors: string[] = [];
  const running = runWorkers({
    queue,
    count: 3,
    work,
    onError: (key, error) => errors.push(`${key}: ${String(error)}`),
    stop: stop.signal,
    drop: drop.signal,
    ...deps,
  });
  return { clock, queue, stop, drop, errors, running };
}

describe('runWorkers', () => {
  it('works on every key after it was last added, and never on one twice at once', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      pauseMs: fc.nat(30),
      workMs: fc.nat(40),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const inWork = new Set<string>();
        const addedAt = new Map<string, number>();
        const workedAt = new Map<string, number>();
        const plans = steps.map(({ workMs, fails }) => ({ workMs, fails }));
        const { clock, queue, stop, running } = start(async (key) => {
          expect(inWork.has(key)).toBe(false);
          inWork.add(key);
          const begunAt = clock.monotonic();
          const plan = plans.pop() ?? { workMs: 0, fails: false };
          await clock.sleep(plan.workMs);
          inWork.delete(key);
          if (plan.fails) throw new Error('fails');
          workedAt.set(key, begunAt);
        });
        for (const { key, pauseMs } of steps) {
          queue.add(key);
          addedAt.set(key, clock.monotonic());
          await clock.advance(pauseMs);
        }
        await clock.advance(10_000);
        for (const [key, at] of addedAt) expect(workedAt.get(key)).toBeGreaterThanOrEqual(at);
        stop.abort();
        await running;
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it('works on as many keys at once as it was told', async () => {
    let atOnce = 0;
    let most = 0;
    const { clock, queue } = start(async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await clock.sleep(10);
      atOnce -= 1;
    });
    for (let i = 0; i < 10; i += 1) queue.add(String(i));
    await clock.advance(100);
    expect(most).toBe(3);
  });

  it('brings a key that failed again, and says so', async () => {
    let tries = 0;
    const { clock, queue, errors } = start(() => {
      tries += 1;
      return tries < 3 ? Promise.reject(new Error('no')) : Promise.resolve();
    });
    queue.add('a');
    await clock.advance(4);
    expect(tries).toBe(1);
    await clock.advance(11);
    expect([tries, errors]).toEqual([3, ['a: Error: no', 'a: Error: no']]);
    await clock.advance(60_000);
    expect(tries).toBe(3);
  });

  it('survives work that throws before it returns a promise', async () => {
    const { clock, queue, errors } = start(() => {
      throw new Error('at once');
    });
    queue.add('a');
    await clock.advance(1);
    expect(errors).toEqual(['a: Error: at once']);
  });

  it('finishes what waits when it is stopped', async () => {
    const worked: string[] = [];
    const { clock, queue, stop, running } = start(
      async (key) => {
        await clock.sleep(10);
        worked.push(key);
      },
      { count: 1 },
    );
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await turn();
    stop.abort();
    await clock.advance(30);
    await running;
    expect(worked).toEqual(['a', 'b', 'c']);
  });

  it('begins nothing more when it has to drop, and tells the work under way', async () => {
    const begun: string[] = [];
    const { queue, drop, running } = start(
      (key, signal) => {
        begun.push(key);
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            resolve();
          });
        });
      },
      { count: 1 },
    );
    for (const key of ['a', 'b', 'c']) queue.add(key);
    await turn();
    drop.abort();
    await running;
    expect(begun).toEqual(['a']);
  });

  it('ends at once when it begins stopped', async () => {
    const { running } = start(() => Promise.resolve(), { stop: AbortSignal.abort() });
    await running;
  });
});
