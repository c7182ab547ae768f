import { describe, expect, it } from 'vitest';
import { createStartUp } from '../../../src/scheduler/startup.js';
import { fakeClock } from '../../support/fake-clock.js';

const acceptance = { burst: 100, perSecond: 10, source: '' };

describe('the start-up capacity of a virtual node', () => {
  it('holds a burst, then so many a second', () => {
    const one = createStartUp(acceptance, fakeClock());
    for (let i = 0; i < 99; i += 1) one.bound();
    expect(one.waitMs()).toBe(0);
    for (let i = 0; i < 11; i += 1) one.bound();
    expect(one.waitMs()).toBe(1100);
  });

  it('drains as time goes by, but not below what has not been taken', async () => {
    const clock = fakeClock();
    const one = createStartUp(acceptance, clock);
    for (let i = 0; i < 200; i += 1) one.bound();
    await clock.advance(60_000);
    expect(one.level()).toBe(200);
    for (let i = 0; i < 200; i += 1) one.accepted();
    expect([one.level(), one.waitMs()]).toEqual([0, 0]);
  });

  it('learns the rate from what is taken while there is work', async () => {
    const clock = fakeClock();
    const one = createStartUp(acceptance, clock);
    for (let i = 0; i < 2000; i += 1) one.bound();
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1000);
      for (let i = 0; i < 30; i += 1) one.accepted();
    }
    expect(one.perSecond).toBeGreaterThan(25);
    expect(one.perSecond).toBeLessThan(35);
  });

  it('learns nothing from a node without work, and never leaves a tenth to ten times of the preset', async () => {
    const clock = fakeClock();
    const one = createStartUp(acceptance, clock);
    one.bound();
    await clock.advance(600_000);
    one.accepted();
    expect(one.perSecond).toBe(10);
    for (let i = 0; i < 10_000; i += 1) one.bound();
    for (let i = 0; i < 20; i += 1) {
      await clock.advance(5000);
      for (let k = 0; k < 400 * 5; k += 1) one.accepted();
      for (let k = 0; k < 400 * 5; k += 1) one.bound();
    }
    expect(one.perSecond).toBe(100);
  });
});
