import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff, type DiffLine } from '../../../src/text/unified-diff.js';

const lines = (...items: (string | number)[]) => items.map((item) => `${item}\n`).join('');
const diff = (before: string, after: string) => unifiedDiff('a.yaml', before, after).map(({ text }) => text);

describe('a unified diff', () => {
  it('is empty where nothing differs', () => {
    expect(diff('a\n', 'a\n')).toEqual([]);
  });

  it('shows three lines around a change', () => {
    expect(diff(lines(1, 2, 3, 4, 5, 6, 7, 8, 9), lines(1, 2, 3, 4, 'x', 6, 7, 8, 9))).toEqual([
      '--- a.yaml',
      '+++ a.yaml',
      '@@ -2,7 +2,7 @@',
      ' 2',
      ' 3',
      ' 4',
      '-5',
      '+x',
      ' 6',
      ' 7',
      ' 8',
    ]);
  });

  it('joins changes that are near and parts those that are far', () => {
    const before = Array.from({ length: 30 }, (_, i) => i);
    const after = before.map((i) => ([2, 9, 20].includes(i) ? `x${i}` : i));
    expect(diff(lines(...before), lines(...after)).filter((line) => line.startsWith('@@'))).toEqual([
      '@@ -1,13 +1,13 @@',
      '@@ -18,7 +18,7 @@',
    ]);
  });

  it('names the line before a range without lines', () => {
    expect(diff('', 'a\n')).toContain('@@ -0,0 +1 @@');
    expect(diff('a\nb\n', '')).toContain('@@ -1,2 +0,0 @@');
  });

  it('says where the last line has no end', () => {
    expect(diff('a', 'a\n').slice(2)).toEqual(['@@ -1 +1 @@', '-a', '\\ No newline at end of file', '+a']);
  });

  const text = fc
    .array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n'), { maxLength: 30 })
    .chain((all) => fc.constantFrom(all.join(''), `${all.join('')}end`));

  it('applied to what was gives what is', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patched(before, unifiedDiff('f', before, after))).toBe(after);
      }),
    );
  });
});

/** What `patch` makes of it. */
function patched(before: string, diffLines: readonly DiffLine[]): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  diffLines.forEach(({ kind, text }, i) => {
    const end = diffLines[i + 1]?.kind === 'note' ? '' : '\n';
    if (kind === 'hunk') {
      const [, start = 0, count = 1] = (/^@@ -(\d+)(?:,(\d+))?/.exec(text) ?? []).map(Number);
      const to = Number.isNaN(count) ? start - 1 : count === 0 ? start : start - 1;
      out.push(...old.slice(at, to));
      at = to;
    }
    if (kind === 'same' || kind === 'removed') {
      if (old[at] !== text.slice(1) + end) throw new Error(`line ${at + 1} is not ${text}`);
      at += 1;
    }
    if (kind === 'same' || kind === 'added') out.push(text.slice(1) + end);
  });
  return [...out, ...old.slice(at)].join('');
}
