import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../src/sources/yaml-documents.js';

describe('readYaml', () => {
  it('reads every document that is not empty', () => {
    const { documents, faults } = readYaml('# only a comment\n---\na: 1\n---\n---\n- b\n');
    expect([documents.map(({ value }) => value), faults]).toEqual([[{ a: 1 }, ['b']], []]);
  });

  it.each([
    ['a member: its key', ['a', 'b'], 3, 3],
    ['an item', ['a', 'list', 1], 6, 7],
    ['a member within an item', ['a', 'list', 1, 'd'], 6, 14],
    ['a missing member: the nearest above it', ['a', 'list', 0, 'x', 'y'], 5, 7],
    ['the document itself', [], 2, 1],
    ['a member behind an alias', ['again', 'list', 1], 6, 7],
    ['a key that is a number', ['a', 7], 7, 3],
  ])('locates %s', (_, path, line, column) => {
    const text = [
      '---',
      'a: &a',
      '  b: 1',
      '  list:',
      '    - c: 1',
      '    - {c: 2, d: 3}',
      '  7: x',
      'again: *a',
    ];
    expect(readYaml(text.join('\n')).documents[0]?.positionOf(path)).toEqual({ line, column });
  });

  it.each([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'expected each key once, got a again', 3],
    ['a list that does not end', 'a: [1\n', 'Flow sequence', 2],
    ['a tab for indentation', 'a:\n\tb: 1\n', 'Tabs are not allowed', 2],
    ['an unknown tag', 'a: !secret x\n', 'Unresolved tag', 1],
    ['an alias to nothing', '\na: *b\n', 'Unresolved alias', 2],
    ['brackets without end', '['.repeat(20_000), '', 1],
  ])('reports %s', (_, text, message, line) => {
    const [fault] = readYaml(text).faults;
    expect(fault?.message).toContain(message);
    expect(fault?.line).toBe(line);
  });

  it('refuses aliases that grow without bounds', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    const { documents, faults } = readYaml(['l0: &l0 [x]', ...levels].join('\n'));
    expect(documents).toEqual([]);
    expect(faults).toMatchObject([{ message: expect.stringContaining('Excessive alias count') as string }]);
  });

  it('takes a merge key for an ordinary one', () => {
    expect(readYaml('a: &a {b: 1}\nc: {<<: *a}\n').documents[0]?.value).toEqual({
      a: { b: 1 },
      c: { '<<': { b: 1 } },
    });
  });
});
