import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { JsonObject } from '../../../src/objects/json.js';
import {
  booleanAt,
  listAt,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
  stringMapAt,
} from '../../../src/objects/read.js';

describe('reading a field', () => {
  it.each<[string, (parent: JsonObject, key: string, path: string) => unknown, unknown, unknown]>([
    ['an object', objectAt, { a: 1 }, { a: 1 }],
    ['a list', listAt, [1], [1]],
    ['a list of objects', objectsAt, [{}], [{}]],
    ['a string', stringAt, '', ''],
    ['a number', numberAt, 0, 0],
    ['a boolean', booleanAt, true, true],
    ['a map of strings', stringMapAt, { a: 'b' }, { a: 'b' }],
  ])('answers %s', (_, read, value, answer) => {
    expect(read({ field: value } as JsonObject, 'field', '/spec')).toEqual(answer);
  });

  it.each<[string, (parent: JsonObject, key: string, path: string) => unknown, unknown]>([
    ['an object', objectAt, undefined],
    ['a list', listAt, undefined],
    ['a list of objects', objectsAt, []],
    ['a string', stringAt, undefined],
    ['a number', numberAt, undefined],
    ['a boolean', booleanAt, false],
    ['a map of strings', stringMapAt, {}],
  ])('counts null as absent where %s is expected', (_, read, absent) => {
    expect(read({}, 'field', '/spec')).toEqual(absent);
    expect(read({ field: null }, 'field', '/spec')).toEqual(absent);
  });

  it.each<[string, (parent: JsonObject, key: string, path: string) => unknown, unknown, string]>([
    ['a list for an object', objectAt, [], '/spec/field: expected an object, got array'],
    ['an object for a list', listAt, {}, '/spec/field: expected an array, got object'],
    ['a text in a list of objects', objectsAt, [{}, 'a'], '/spec/field/1: expected an object, got string'],
    ['a null in a list of objects', objectsAt, [null], '/spec/field/0: expected an object, got null'],
    ['a number for a text', stringAt, 5, '/spec/field: expected a string, got number'],
    ['a text for a number', numberAt, '5', '/spec/field: expected a number, got string'],
    ['a text for a boolean', booleanAt, 'true', '/spec/field: expected a boolean, got string'],
    ['a number in a map', stringMapAt, { a: 5 }, '/spec/field/a: expected a string, got number'],
  ])('says where %s came', (_, read, value, message) => {
    expect(() => read({ field: value } as JsonObject, 'field', '/spec')).toThrow(
      new AppError('object-invalid', message),
    );
  });

  it('takes a null in a map of strings', () => {
    expect(stringMapAt({ labels: { a: null } }, 'labels', '')).toEqual({ a: null });
  });
});
