import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const lines = readFileSync(`${root}docs/failure-modes.md`, 'utf8').split('\n');

interface Row {
  readonly what: string;
  /** The last cell, or that of the row above where it says `the same`. */
  readonly shownBy: string;
}

function rows(): readonly Row[] {
  let last = '';
  return lines.flatMap((line, i) => {
    if (!line.startsWith('| ') || lines[i + 1]?.startsWith('|---') === true) return [];
    const cells = line.split(' | ');
    const cell = (cells.at(-1) ?? '').replace(/ \|$/, '');
    if (cell !== 'the same') last = cell;
    return [{ what: (cells[0] ?? '').slice(2), shownBy: last }];
  });
}

/** ``path`: title` → the file and the title in it. */
function testsOf(cell: string): readonly (readonly [file: string, title: string])[] {
  return cell.split('; `').flatMap((one) => {
    const [, path, title] = /^`?([\w/-]+)`: (.+)$/.exec(one) ?? [];
    if (path === undefined || title === undefined) return [];
    const file = [`test/${path}.test.ts`, `test/${path}.ts`].find((name) => existsSync(root + name));
    return [[file ?? `no test/${path}`, title] as const];
  });
}

describe('docs/failure-modes.md', () => {
  it('has a last column that says which test shows it, in every table', () => {
    const heads = lines.filter((_, i) => lines[i + 1]?.startsWith('|---') === true);
    expect(heads.length).toBeGreaterThan(8);
    expect(heads.filter((head) => !head.endsWith(' shown by |'))).toEqual([]);
  });

  it.each(rows().map((row) => [row.what, row] as const))('is shown by a test: %s', (_, { shownBy }) => {
    const tests = testsOf(shownBy);
    expect(tests).not.toEqual([]);
    for (const [file, title] of tests) {
      expect(existsSync(root + file), file).toBe(true);
      expect(readFileSync(root + file, 'utf8').replaceAll('\\', '')).toContain(title);
    }
  });
});
