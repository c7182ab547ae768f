import { describe, expect, it } from 'vitest';
import { decideHpa } from '../../../../../src/sim/controllers/hpa/decide.js';

const now = 1_000_000;
const decide = (current: number, ratio: number, wishes: readonly { at: number; replicas: number }[] = []) =>
  decideHpa({ current, ratio, min: 2, max: 50, wishes, now }).replicas;

describe('decideHpa', () => {
  it.each([
    { name: 'ceil(current × ratio)', current: 10, ratio: 1.25, replicas: 13 },
    { name: 'within a tenth nothing changes', current: 10, ratio: 1.1, replicas: 10 },
    { name: 'double at most', current: 10, ratio: 5, replicas: 20 },
    { name: 'or four more', current: 2, ratio: 5, replicas: 6 },
    { name: 'max', current: 40, ratio: 2, replicas: 50 },
    { name: 'min', current: 4, ratio: 0.1, replicas: 2 },
    { name: 'no rounding error makes a pod', current: 10, ratio: 1.2000000000000002, replicas: 12 },
  ])('$name', ({ current, ratio, replicas }) => {
    expect(decide(current, ratio)).toBe(replicas);
  });

  it('goes down only to the highest wish of the last five minutes', () => {
    expect(decide(10, 0.5, [{ at: now - 299_000, replicas: 8 }])).toBe(8);
    expect(decide(10, 0.5, [{ at: now - 301_000, replicas: 8 }])).toBe(5);
    expect(decide(10, 0.5, [{ at: now - 1000, replicas: 12 }])).toBe(10);
  });
});
