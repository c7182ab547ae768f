import { describe, expect, it } from 'vitest';
import { parseFields } from '../../../../src/sim/store/fields.js';
import { parseLabels } from '../../../../src/sim/store/label-parser.js';
import { matchesLabels, matchesSelector, printLabels } from '../../../../src/sim/store/labels.js';

describe('parseLabels', () => {
  it.each([
    ['nothing', '', {}, true],
    ['equality', 'a=b', { a: 'b' }, true],
    ['double equality', 'a==b', { a: 'c' }, false],
    ['inequality, where the label is absent', 'a!=b', {}, true],
    ['a set', 'a in (b, c)', { a: 'c' }, true],
    ['no member of a set', 'a notin (b,c)', { a: 'd' }, true],
    ['existence', 'a', { a: '' }, true],
    ['absence', '!a', { a: '' }, false],
    ['several', 'a=b,c', { a: 'b' }, false],
    ['an empty value', 'a=', { a: '' }, true],
    ['greater than', 'a>3', { a: '10' }, true],
    ['less than, no number', 'a<3', { a: 'x' }, false],
    ['a qualified key', 'example.com/a=b', { 'example.com/a': 'b' }, true],
  ])('matches %s', (_, text, labels, expected) => {
    expect(matchesLabels(parseLabels(text), labels)).toBe(expected);
  });

  it.each([
    ['two values', 'a==b==c', "found '==', expected: ',' or 'end of string'"],
    ['an open set', 'a in (b', "found '', expected: ',' or ')'"],
    ['a trailing comma', 'a=b,', "found '', expected: identifier after ','"],
    ['no operator', 'a b', "found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseLabels(text)).toThrow(message);
  });

  it('prints what it reads, sorted by key', () => {
    expect(printLabels(parseLabels('b in (y,x),!c,a=1,d'))).toBe('a=1,b in (x,y),!c,d');
  });
});

describe('matchesSelector', () => {
  it('matches everything where the selector is empty, and nothing where it is absent', () => {
    expect(matchesSelector({}, {})).toBe(true);
    expect(matchesSelector(undefined, {})).toBe(false);
  });
});

describe('parseFields', () => {
  it('reads equality, inequality and escaped commas', () => {
    expect(parseFields('a=b,c!=d,e==f\\,g')).toEqual([
      { field: 'a', equal: true, value: 'b' },
      { field: 'c', equal: false, value: 'd' },
      { field: 'e', equal: true, value: 'f,g' },
    ]);
  });

  it('refuses what it cannot understand', () => {
    expect(() => parseFields('abc')).toThrow("invalid selector: 'abc'; can't understand 'abc'");
  });
});
