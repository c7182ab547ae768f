import { describe, expect, it } from 'vitest';
import { escapeToken, parsePointer, toPointer, unescapeToken } from '../../../src/objects/json-pointer.js';

describe('a token', () => {
  it.each([
    ['plain', 'spec', 'spec'],
    ['with a slash', 'tidegate.io/policy', 'tidegate.io~1policy'],
    ['with a tilde', 'a~b', 'a~0b'],
    ['that looks escaped', '~1', '~01'],
    ['with both', '~/~', '~0~1~0'],
    ['empty', '', ''],
  ])('%s is escaped and back', (_, token, escaped) => {
    expect(escapeToken(token)).toBe(escaped);
    expect(unescapeToken(escaped)).toBe(token);
  });
});

describe('toPointer', () => {
  it.each<[string, (string | number)[], string]>([
    ['the whole document', [], ''],
    ['a path with an index', ['spec', 'containers', 0], '/spec/containers/0'],
    ['a key with a slash', ['metadata', 'a/b'], '/metadata/a~1b'],
  ])('writes %s', (_, tokens, pointer) => {
    expect(toPointer(tokens)).toBe(pointer);
  });
});

describe('parsePointer', () => {
  it.each<[string, string, string[]]>([
    ['the whole document', '', []],
    ['an empty key', '/', ['']],
    ['a path', '/spec/containers/0', ['spec', 'containers', '0']],
    ['escaped keys', '/a~1b/c~0d/~01', ['a/b', 'c~d', '~1']],
  ])('reads %s', (_, pointer, tokens) => {
    expect(parsePointer(pointer)).toEqual(tokens);
  });

  it('throws on what is no pointer', () => {
    expect(() => parsePointer('spec')).toThrow(new SyntaxError('expected a JSON Pointer, got "spec"'));
  });
});
