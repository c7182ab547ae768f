import { describe, expect, it } from 'vitest';
import { cloneJson, deepEqual, isObject, typeName, asStored, type Json } from '../../../src/objects/json.js';

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

describe('cloneJson', () => {
  it.each([
    'null',
    '"text"',
    '[]',
    '[1,[true,null]]',
    '{"a":{"b":[{"c":""}]},"z":0}',
    '{"__proto__":{"own":1},"constructor":2}',
  ])('copies %s', (text) => {
    expect(JSON.stringify(cloneJson(JSON.parse(text) as Json))).toBe(text);
  });

  it('shares nothing with what it copies', () => {
    const value = { list: [{ a: 1 }], map: { b: 2 } };
    const copy = cloneJson(value);
    copy.list[0] = { a: 3 };
    copy.map.b = 4;
    expect(value).toEqual({ list: [{ a: 1 }], map: { b: 2 } });
  });
});

describe('isObject', () => {
  it.each([
    ['an object', {}, true],
    ['null', null, false],
    ['a list', [], false],
    ['a text', 'a', false],
  ])('judges %s', (_, value, is) => {
    expect(isObject(value)).toBe(is);
  });
});

describe('typeName', () => {
  it.each([
    [null, 'null'],
    [[], 'array'],
    [{}, 'object'],
    ['', 'string'],
    [0, 'number'],
  ])('names %j', (value, name) => {
    expect(typeName(value)).toBe(name);
  });
});

describe('asStored', () => {
  it.each<[string, Json, Json]>([
    ['members without content', { a: null, b: [], c: {}, d: 1 }, { d: 1 }],
    ['what becomes empty', { a: { b: { c: null } } }, {}],
    ['members of items', [{ a: [] }, { b: '' }], [{}, { b: '' }]],
    ['false, zero and the empty text, which it keeps', { a: false, b: 0, c: '' }, { a: false, b: 0, c: '' }],
    ['a list of nulls, which it keeps', { a: [null] }, { a: [null] }],
  ])('drops %s', (_, value, stored) => {
    expect(asStored(value)).toEqual(stored);
  });

  it('puts keys in order', () => {
    expect(JSON.stringify(asStored({ b: [{ d: 1, c: 2 }], a: 3 }))).toBe('{"a":3,"b":[{"c":2,"d":1}]}');
  });

  it('keeps a member called __proto__', () => {
    expect(JSON.stringify(asStored(JSON.parse('{"__proto__":{"a":1},"b":null}') as Json))).toBe(
      '{"__proto__":{"a":1}}',
    );
  });
});
