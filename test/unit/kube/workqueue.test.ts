import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkqueue, type Workqueue } from '../../../src/kube/workqueue.js';
import { fakeClock } from '../../support/fake-clock.js';
import { noRandom } from '../../support/kube.js';

function start(observer = {}) {
  const clock = fakeClock();
  return { clock, queue: createWorkqueue({ clock, random: noRandom, observer }) };
}

/** Takes all that is there. */
async function takeAll(queue: Workqueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth > 0) keys.push((await queue.get())!);
  return keys;
}

/** The same rules, written as plainly as they can be. */
class Model {
  readonly given: string[] = [];
  #queue: string[] = [];
  #again = new Set<string>();
  readonly inWork = new Set<string>();
  #delayed = new Map<string, number>();
  #failures = new Map<string, number>();
  #takers = 0;
  #now = 0;

  add(key: string): void {
    if (this.inWork.has(key)) this.#again.add(key);
    else if (!this.#queue.includes(key)) this.#queue.push(key);
    this.#give();
  }
  addAfter(key: string, ms: number): void {
    const at = this.#now + ms;
    if (ms === 0) this.add(key);
    else if (at < (this.#delayed.get(key) ?? Infinity)) {
      // At the same time, what was set first comes first.
      this.#delayed.delete(key);
      this.#delayed.set(key, at);
    }
  }
  fail(key: string): void {
    const failed = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failed + 1);
    this.addAfter(key, 5 * 2 ** failed);
  }
  forget(key: string): void {
    this.#failures.delete(key);
  }
  get(): void {
    this.#takers += 1;
    this.#give();
  }
  done(key: string): void {
    this.inWork.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }
  advance(ms: number): void {
    const target = this.#now + ms;
    for (;;) {
      const next = [...this.#delayed].filter(([, at]) => at <= target).sort((a, b) => a[1] - b[1])[0];
      if (next === undefined) break;
      this.#now = next[1];
      this.#delayed.delete(next[0]);
      this.add(next[0]);
    }
    this.#now = target;
  }
  #give(): void {
    while (this.#takers > 0 && this.#queue.length > 0) {
      const key = this.#queue.shift()!;
      this.#takers -= 1;
      this.inWork.add(key);
      this.given.push(key);
    }
  }
}

describe('createWorkqueue', () => {
  it('gives out what the model gives out, in the same order, and never a key in work', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), key, ms: fc.constant(0) }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('addAfter' as const), key, ms: fc.constantFrom(0, 3, 7, 20) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), key, ms: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), key, ms: fc.constant(0) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('get' as const), key, ms: fc.constant(0) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('done' as const), key, ms: fc.constant(0) }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('advance' as const), key, ms: fc.constantFrom(1, 4, 11, 50) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
        const { clock, queue } = start();
        const model = new Model();
        const given: string[] = [];
        const inWork = new Set<string>();
        for (const { do: what, key: name, ms } of steps) {
          switch (what) {
            case 'add':
              queue.add(name);
              model.add(name);
              break;
            case 'addAfter':
              queue.addAfter(name, ms);
              model.addAfter(name, ms);
              break;
            case 'fail':
              queue.addRateLimited(name);
              model.fail(name);
              break;
            case 'forget':
              queue.forget(name);
              model.forget(name);
              break;
            case 'get':
              void queue.get().then((taken) => {
                expect(inWork.has(taken!)).toBe(false);
                inWork.add(taken!);
                given.push(taken!);
              });
              model.get();
              break;
            case 'done':
              if (!model.inWork.has(name)) break;
              inWork.delete(name);
              queue.done(name);
              model.done(name);
              break;
            case 'advance':
              await clock.advance(ms);
              model.advance(ms);
          }
          await Promise.resolve();
        }
        await clock.advance(0);
        expect(given).toEqual(model.given);
      }),
      { numRuns: 500 },
    );
  });

  it('takes a key that waits once', async () => {
    const { queue } = start();
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    expect(await takeAll(queue)).toEqual(['a', 'b']);
  });

  it('gives a key that was added during its work again after it, once', async () => {
    const { queue } = start();
    queue.add('a');
    await queue.get();
    queue.add('a');
    queue.add('a');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await takeAll(queue)).toEqual(['a']);
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  it('backs off by key: 5, 10, 20 ms, no more than 1000 s, and anew when forgotten', async () => {
    const { clock, queue } = start();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 20; i += 1) {
      queue.addRateLimited('a');
      waits.push(clock.nextIn);
      await clock.advanceToNext();
      await takeAll(queue);
      queue.done('a');
    }
    expect(waits.slice(0, 4)).toEqual([5, 10, 20, 40]);
    expect(waits.at(-1)).toBe(1_000_000);
    queue.addRateLimited('b');
    expect(clock.nextIn).toBe(5);
    queue.forget('a');
    queue.addRateLimited('a');
    await clock.advance(5);
    expect(await takeAll(queue)).toEqual(['b', 'a']);
  });

  it('takes half of a wait off at random, so that what failed together does not come together', () => {
    const clock = fakeClock();
    const queue = createWorkqueue({ clock, random: () => 0.5 });
    queue.addRateLimited('a');
    expect(clock.nextIn).toBe(3.75);
  });

  it('takes the earliest of several delays, with one timer', async () => {
    const { clock, queue } = start();
    queue.addAfter('a', 50);
    queue.addAfter('a', 20);
    queue.addAfter('a', 90);
    expect(clock.pending).toBe(1);
    await clock.advance(19);
    expect(queue.depth).toBe(0);
    await clock.advance(1);
    expect(await takeAll(queue)).toEqual(['a']);
  });

  it('gives each key to one of those who wait', async () => {
    const { queue } = start();
    const takers = [queue.get(), queue.get()];
    queue.add('a');
    queue.add('b');
    expect(await Promise.all(takers)).toEqual(['a', 'b']);
  });

  it('ignores a done that nobody owes', async () => {
    const { queue } = start();
    queue.add('a');
    queue.done('a');
    expect(await takeAll(queue)).toEqual(['a']);
  });

  it('drains: gives out what waits, then ends those who wait; takes nothing new', async () => {
    const { clock, queue } = start();
    queue.add('a');
    queue.add('b');
    queue.addAfter('later', 10);
    expect(await queue.get()).toBe('a');
    queue.add('a');
    let ended = false;
    void queue.close('drain').then(() => (ended = true));
    queue.add('new');
    queue.addAfter('new', 1);
    queue.addRateLimited('new');
    expect(clock.pending).toBe(0);
    expect(await queue.get()).toBe('b');
    const last = queue.get();
    queue.done('b');
    queue.done('a');
    expect(await last).toBe('a');
    await clock.advance(0);
    expect(ended).toBe(false);
    queue.done('a');
    expect(await queue.get()).toBeUndefined();
    await clock.advance(0);
    expect(ended).toBe(true);
  });

  it('drops: gives out nothing more, and ends when the work under way does', async () => {
    const { clock, queue } = start();
    queue.add('a');
    queue.add('b');
    await queue.get();
    queue.add('a');
    const closed = queue.close('drop');
    const taker = queue.get();
    let ended = false;
    void closed.then(() => (ended = true));
    await clock.advance(0);
    expect(ended).toBe(false);
    queue.done('a');
    expect(await taker).toBeUndefined();
    await closed;
  });

  it('may be dropped while it drains', async () => {
    const { queue } = start();
    queue.add('a');
    const drained = queue.close('drain');
    await queue.close('drop');
    await drained;
    expect(await queue.get()).toBeUndefined();
  });

  it('reports depth, waits, work and retries', async () => {
    const told: string[] = [];
    const { clock, queue } = start({
      depth: (keys: number) => told.push(`depth ${keys}`),
      added: () => told.push('added'),
      retried: () => told.push('retried'),
      waited: (ms: number) => told.push(`waited ${ms}`),
      worked: (ms: number) => told.push(`worked ${ms}`),
    });
    queue.add('a');
    await clock.advance(7);
    await queue.get();
    await clock.advance(30);
    queue.addRateLimited('a');
    queue.done('a');
    expect(told).toEqual(['added', 'depth 1', 'depth 0', 'waited 7', 'retried', 'worked 30']);
  });
});
