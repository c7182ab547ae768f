import { describe, expect, it } from 'vitest';
import { align } from '../../../src/manifests/align.js';

const named = (...names: string[]) => names.map((name) => ({ name }));

describe('aligning two lists', () => {
  it.each([
    ['keeps equal items', ['a', 'b'], ['a', 'b'], ['0=0', '1=1']],
    ['adds what came at the end', ['a'], ['a', 'b'], ['0=0', '+1']],
    ['removes what went from the middle', ['a', 'b', 'c'], ['a', 'c'], ['0=0', '-1', '2=1']],
    [
      'takes nameless items that changed in their order',
      [['x'], ['y']],
      [['x', 1], ['y', 1], 'z'],
      ['0=0', '1=1', '+2'],
    ],
    [
      'pairs by name what changed',
      [{ name: 'a', v: 1 }, ...named('b')],
      [...named('b'), { name: 'a', v: 2 }],
      ['-0', '1=0', '+1'],
    ],
    [
      'pairs a changed item with that of its name',
      [{ name: 'a', v: 1 }],
      [...named('x'), { name: 'a', v: 2 }],
      ['+0', '0=1'],
    ],
    ['does not pair other names', named('a'), named('b'), ['-0', '+0']],
  ])('%s', (_, before, after, expected) => {
    const lines = align(before, after).map(({ before: i, after: j }) =>
      i === undefined ? `+${j}` : j === undefined ? `-${i}` : `${i}=${j}`,
    );
    expect(lines).toEqual(expected);
  });
});
