import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFifo } from '../../../src/kube/fifo.js';

describe('createFifo', () => {
  it('gives out in the order of coming, like an array', () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.nat() },
      { weight: 2, arbitrary: fc.constant('shift' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 500, size: 'max' }), (steps) => {
        const fifo = createFifo<number>();
        const model: number[] = [];
        for (const next of steps) {
          if (next === 'shift') expect(fifo.shift()).toBe(model.shift());
          else {
            fifo.push(next);
            model.push(next);
          }
          expect(fifo.size).toBe(model.length);
        }
      }),
    );
  });

  it('is empty after being cleared', () => {
    const fifo = createFifo<string>();
    fifo.push('a');
    fifo.clear();
    expect([fifo.size, fifo.shift()]).toEqual([0, undefined]);
  });
});
