import { describe, expect, it } from 'vitest';
import { deepEqual } from '../../../src/objects/json.js';

describe('deepEqual', () => {
  it.each([
    ['equal scalars', 1, 1, true],
    ['null and an empty object', null, {}, false],
    ['arrays in another order', [1, 2], [2, 1], false],
    ['an array and an object with the same keys', ['a'], { 0: 'a' }, false],
    ['object keys in another order', { a: 1, b: [2] }, { b: [2], a: 1 }, true],
    ['an undefined member and an absent one', { a: 1, b: undefined }, { a: 1 }, true],
    ['an undefined member and another key', { a: undefined, b: 1 }, { a: 1 }, false],
    ['an inherited name and an absent one', { toString: 1 }, {}, false],
  ])('compares %s', (_, a, b, equal) => {
    expect(deepEqual(a, b)).toBe(equal);
  });
});
