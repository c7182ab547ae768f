import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonItems } from '../../../src/text/common.js';

describe('the longest common subsequence', () => {
  it.each([
    ['equal lists', 'abc', 'abc', 'abc'],
    ['lists of which one is empty', '', 'abc', ''],
    ['lists that share nothing', 'abc', 'xyz', ''],
    ["Myers' own example", 'abcabba', 'cbabac', 'caba'],
    ['an item in the middle', 'abd', 'abcd', 'abd'],
    ['items that come and go', 'kabcdz', 'kbxdyz', 'kbdz'],
  ])('finds it of %s', (_, a, b, expected) => {
    expect(
      commonItems(a.split(''), b.split(''))
        .map(([i]) => a[i])
        .join(''),
    ).toBe(expected);
  });

  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });

  it('is in order in both, and as long as by the textbook', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const matches = commonItems(a, b);
        matches.forEach(([i, j], n) => {
          expect(a[i]).toBe(b[j]);
          const [before = [-1, -1]] = n === 0 ? [] : [matches[n - 1]];
          expect(i > before[0] && j > before[1]).toBe(true);
        });
        expect(matches).toHaveLength(textbook(a, b));
      }),
    );
  });

  it('gives up on lists that differ throughout, and does so soon', () => {
    const a = Array.from({ length: 20_000 }, (_, i) => `a${i}`);
    const b = Array.from({ length: 20_000 }, (_, i) => `b${i}`);
    expect(commonItems(['x', ...a, 'y'], ['x', ...b, 'y'])).toEqual([
      [0, 0],
      [20_001, 20_001],
    ]);
  });
});

/** The length, by the definition. */
function textbook(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const row = new Array<number>(b.length + 1).fill(0);
  for (const item of a) {
    let diagonal = 0;
    b.forEach((other, j) => {
      const above = row[j + 1] ?? 0;
      row[j + 1] = item === other ? diagonal + 1 : Math.max(above, row[j] ?? 0);
      diagonal = above;
    });
  }
  return row[b.length] ?? 0;
}
