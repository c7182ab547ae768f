import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSweep } from '../../../../src/controllers/scale-in/sweep.js';

const items = Array.from({ length: 1200 }, (_, i) => i);
const turns = async (count: number) => {
  for (let i = 0; i < count; i += 1) await nextTurn();
};

describe('createSweep', () => {
  it('looks at all, and lets others have their turn in between', async () => {
    const looked: number[] = [];
    const sweep = createSweep(
      () => items,
      (item) => looked.push(item),
    );
    sweep.request(new AbortController().signal);
    expect(looked.length).toBe(500);
    await turns(5);
    expect(looked).toEqual(items);
  });

  it('makes one more sweep of whatever is asked for meanwhile', async () => {
    let looked = 0;
    const sweep = createSweep(
      () => items,
      () => (looked += 1),
    );
    const { signal } = new AbortController();
    for (let i = 0; i < 100; i += 1) sweep.request(signal);
    await turns(10);
    expect(looked).toBe(2400);
  });

  it('ends with its signal, and begins anew with another', async () => {
    let looked = 0;
    const sweep = createSweep(
      () => items,
      () => (looked += 1),
    );
    const first = new AbortController();
    sweep.request(first.signal);
    first.abort();
    await turns(5);
    expect(looked).toBe(500);
    sweep.request(new AbortController().signal);
    await turns(5);
    expect(looked).toBe(1700);
  });

  it('goes on under the new signal where the old one ends in the middle', async () => {
    let looked = 0;
    const sweep = createSweep(
      () => items,
      () => (looked += 1),
    );
    const first = new AbortController();
    sweep.request(first.signal);
    first.abort();
    sweep.request(new AbortController().signal);
    await turns(10);
    expect(looked).toBe(2400);
  });
});
