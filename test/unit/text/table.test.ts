import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../src/text/paint.js';
import { cut, table, wrap } from '../../../src/text/table.js';

const plain = { paint: createPaint(false), columns: 40 };
const cells = (...texts: string[]) => texts.map((text) => ({ text }));

describe('a table', () => {
  it('sets columns below each other, numbers to the right', () => {
    const rows = [
      [{ text: 'a' }, { text: '7', right: true as const }, { text: 'x' }],
      [{ text: 'long' }, { text: '13', right: true as const }, { text: '' }],
    ];
    expect(table(rows, { ...plain, indent: 1 })).toEqual([' a      7  x', ' long  13']);
  });

  it('wraps the last column below itself', () => {
    expect(
      table([cells('name', 'one two three four five six seven eight')], { ...plain, columns: 32 }),
    ).toEqual(['name  one two three four five', '      six seven eight']);
  });

  it('stays readable where there is no room', () => {
    const lines = table([cells('a long first column', 'one two three four five six')], {
      ...plain,
      columns: 10,
    });
    expect(lines).toEqual(['a long first column  one two three four five', '                     six']);
  });

  it('is aligned whether or not it is coloured', () => {
    const rows = [[{ text: 'a', colour: 'red' as const }, { text: 'b' }], cells('long', 'c')];
    const coloured = table(rows, { ...plain, paint: createPaint(true) });
    expect(coloured[0]).toBe('\u001b[31ma   \u001b[39m  b');
    expect(table(rows, plain)).toEqual(['a     b', 'long  c']);
  });
});

describe('wrapping', () => {
  it.each([
    ['short text', 'a b', 10, ['a b']],
    ['text of just the width', 'ab cd', 5, ['ab cd']],
    ['text that passes it', 'ab cde', 5, ['ab', 'cde']],
    ['a word that passes it', 'a abcdef b', 4, ['a', 'abcdef', 'b']],
  ])('handles %s', (_, text, width, expected) => {
    expect(wrap(text, width)).toEqual(expected);
  });
});

describe('cutting', () => {
  it('marks where something is missing', () => {
    expect([cut('abc', 3), cut('abcd', 3)]).toEqual(['abc', 'ab…']);
  });
});
