import { describe, expect, it } from 'vitest';
import { schedulerCluster } from '../support/scheduler.js';

describe('the scheduler', () => {
  it('binds what names it, spread so that the last pod starts soonest', async () => {
    const on = await schedulerCluster();
    for (const name of ['vn-1', 'vn-2', 'vn-3']) await on.addNode(name, { cloud: 'eci' });
    const one = on.start();
    await on.pass(5);
    await on.addPods(300);
    await on.pass(5);
    const counts = Object.values(on.spread());
    expect(counts.reduce((sum, count) => sum + count)).toBe(300);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4);
    expect(one.events).toEqual([]);
  });
});
