import jsonpatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import type { JsonObject } from '../../../src/objects/json.js';
import { applyPatch } from '../../../src/placement/apply.js';
import type { Operation } from '../../../src/placement/patch.js';

const add = (path: string, value: unknown): Operation => ({ op: 'add', path, value: value as string });
const replace = (path: string, value: unknown): Operation => ({
  op: 'replace',
  path,
  value: value as string,
});
const remove = (path: string): Operation => ({ op: 'remove', path });

describe('applyPatch', () => {
  it.each<[string, object, Operation[], object]>([
    ['adds a member', {}, [add('/a', 1)], { a: 1 }],
    ['adds over a member', { a: null }, [add('/a', {})], { a: {} }],
    ['adds to a list at its end', { a: [1] }, [add('/a/1', 2)], { a: [1, 2] }],
    ['adds to a list in its middle', { a: [1, 3] }, [add('/a/1', 2)], { a: [1, 2, 3] }],
    ['replaces a member', { a: 1 }, [replace('/a', [])], { a: [] }],
    ['replaces an item', { a: [1, 2] }, [replace('/a/0', 3)], { a: [3, 2] }],
    ['removes a member', { a: 1, b: 2 }, [remove('/a')], { b: 2 }],
    ['removes an item', { a: [1, 2, 3] }, [remove('/a/1')], { a: [1, 3] }],
    ['fills what it has made', {}, [add('/a', {}), add('/a/b', []), add('/a/b/0', 'c')], { a: { b: ['c'] } }],
    [
      'finds a parent anew where another is in between',
      { a: [], b: [] },
      [add('/a/0', 1), add('/b/0', 2), add('/a/1', 3)],
      { a: [1, 3], b: [2] },
    ],
    [
      'finds a parent anew where it was replaced',
      { a: { b: [1] } },
      [add('/a/b/1', 2), replace('/a', { b: [] }), add('/a/b/0', 3)],
      { a: { b: [3] } },
    ],
    ['unescapes keys', { 'a/b': { 'c~d': 1 } }, [replace('/a~1b/c~0d', 2)], { 'a/b': { 'c~d': 2 } }],
    ['takes an empty key', { '': 1 }, [replace('/', 2)], { '': 2 }],
    ['takes a number as the key of a map', { a: { 0: 1 } }, [replace('/a/0', 2)], { a: { 0: 2 } }],
  ])('%s', (_, object, operations, expected) => {
    const ours = structuredClone(object) as JsonObject;
    applyPatch(ours, structuredClone(operations));
    expect(ours).toEqual(expected);
    const theirs = jsonpatch.applyPatch(structuredClone(object), structuredClone(operations), true);
    expect(theirs.newDocument).toEqual(expected);
  });

  it.each<[string, object, Operation, string]>([
    ['a missing parent', {}, add('/a/b', 1), 'add /a/b: no parent'],
    ['a parent that is a text', { a: 'b' }, add('/a/c', 1), 'add /a/c: no parent'],
    ['a parent that is null', { a: null }, add('/a/c', 1), 'add /a/c: no parent'],
    ['a parent that objects inherit', {}, add('/constructor/a', 1), 'add /constructor/a: no parent'],
    ['a missing member to replace', {}, replace('/a', 1), 'replace /a: no such member'],
    ['a missing member to remove', {}, remove('/toString'), 'remove /toString: no such member'],
    ['an index past the end', { a: [1] }, add('/a/2', 1), 'add /a/2: no such index in 1 items'],
    ['an index at the end, to remove', { a: [1] }, remove('/a/1'), 'remove /a/1: no such index in 1 items'],
    [
      'an index with a zero in front',
      { a: [1, 2] },
      remove('/a/01'),
      'remove /a/01: no such index in 2 items',
    ],
    ['a text as index', { a: [1] }, remove('/a/length'), 'remove /a/length: no such index in 1 items'],
    ['the end as such', { a: [1] }, add('/a/-', 1), 'add /a/-: no such index in 1 items'],
    ['the whole document', {}, add('', {}), 'add : the whole document'],
  ])('refuses %s', (_, object, operation, message) => {
    expect(() => {
      applyPatch(object as JsonObject, [operation]);
    }).toThrow(new AppError('patch-invalid', message));
  });

  it('sets a member called __proto__ and pollutes nothing', () => {
    const object = JSON.parse('{"a":{}}') as JsonObject;
    applyPatch(object, [add('/a/__proto__', { polluted: true })]);
    expect(JSON.stringify(object)).toBe('{"a":{"__proto__":{"polluted":true}}}');
    expect({}).not.toHaveProperty('polluted');
  });

  it('changes no operation: what is sent is what was meant', () => {
    const operations = [add('/a', {}), add('/a/b', []), add('/a/b/0', { c: 1 }), add('/a/d', 2)];
    applyPatch({}, operations);
    expect(operations).toEqual([add('/a', {}), add('/a/b', []), add('/a/b/0', { c: 1 }), add('/a/d', 2)]);
  });
});
