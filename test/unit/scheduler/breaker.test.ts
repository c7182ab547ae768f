import { describe, expect, it } from 'vitest';
import { createBreaker, type BreakerScope } from '../../../src/scheduler/breaker.js';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';

function breaker(scope: BreakerScope, clock: FakeClock) {
  const states: string[] = [];
  const made = createBreaker({ scope, name: 'n', clock, onChange: ({ state }) => states.push(state) });
  const fail = (node = 'a', weight = 1) => {
    made.failed({ boundAt: clock.monotonic(), because: 'no stock', node, weight });
  };
  return {
    ...made,
    admits: () => made.admits(),
    states,
    fail,
    succeed: () => {
      made.succeeded(clock.monotonic());
    },
  };
}

describe('a breaker', () => {
  it('opens after failures in a row, not after as many with a success between', () => {
    const one = breaker('node', fakeClock());
    one.fail();
    one.fail();
    one.succeed();
    one.fail();
    one.fail();
    expect(one.admits()).toBe(true);
    one.fail();
    expect([one.admits(), one.states]).toEqual([false, ['open']]);
  });

  it.each([
    ['zone', 6],
    ['provider', 10],
  ] as const)('of a %s opens after %i failures of more than one node', (scope, failures) => {
    const one = breaker(scope, fakeClock());
    for (let i = 0; i < 30; i += 1) one.fail('a');
    expect(one.admits()).toBe(true);
    const other = breaker(scope, fakeClock());
    for (let i = 1; i < failures; i += 1) other.fail(i % 2 === 0 ? 'a' : 'b');
    expect(other.admits()).toBe(true);
    other.fail('a');
    expect(other.admits()).toBe(false);
  });

  it('lets one probe through after 30 s, and closes when it succeeds', async () => {
    const clock = fakeClock();
    const one = breaker('node', clock);
    one.fail('a', 3);
    await clock.advance(29_999);
    expect(one.admits()).toBe(false);
    await clock.advance(1);
    expect(one.admits()).toBe(true);
    one.begin();
    expect(one.admits()).toBe(false);
    one.succeed();
    expect([one.admits(), one.states]).toEqual([true, ['open', 'half-open', 'closed']]);
  });

  it('stays open for twice as long after each probe that fails, five minutes at most', async () => {
    const clock = fakeClock();
    const one = breaker('node', clock);
    one.fail('a', 3);
    for (const seconds of [30, 60, 120, 240, 300, 300]) {
      await clock.advance(seconds * 1000 - 1);
      expect(one.admits()).toBe(false);
      await clock.advance(1);
      expect(one.admits()).toBe(true);
      one.begin();
      one.fail();
    }
  });

  it('takes another probe where the first has told nothing, or is gone', async () => {
    const clock = fakeClock();
    const one = breaker('node', clock);
    one.fail('a', 3);
    await clock.advance(30_000);
    one.begin();
    await clock.advance(120_001);
    expect(one.admits()).toBe(true);
    one.begin();
    one.lost();
    expect(one.admits()).toBe(true);
  });

  it('does not hear what was bound before it opened', async () => {
    const clock = fakeClock();
    const one = breaker('node', clock);
    const before = clock.monotonic();
    one.fail('a', 3);
    one.succeeded(before);
    expect(one.admits()).toBe(false);
    await clock.advance(30_000);
    one.succeeded(before);
    one.failed({ boundAt: before, because: 'late', node: 'a', weight: 3 });
    expect(one.states).toEqual(['open', 'half-open']);
  });
});
