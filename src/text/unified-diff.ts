import { commonItems } from './common.js';

/** A line of a diff. */
export interface DiffLine {
  readonly kind: 'file' | 'hunk' | 'same' | 'added' | 'removed' | 'note';
  readonly text: string;
}

/** A unified diff with three lines of context, as `patch` reads it; none where nothing differs. */
export function unifiedDiff(file: string, before: string, after: string): DiffLine[] {
  if (before === after) return [];
  const changes = compare(splitLines(before), splitLines(after));
  return [
    { kind: 'file', text: `--- ${file}` },
    { kind: 'file', text: `+++ ${file}` },
    ...hunksOf(changes).flatMap(({ from, to }) => hunk(changes, from, to)),
  ];
}

const context = 3;

interface Change {
  readonly kind: 'same' | 'added' | 'removed';
  /** With its line break, where it has one. */
  readonly line: string;
}

/** With their line breaks; the last line may have none. */
const splitLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function compare(a: readonly string[], b: readonly string[]): Change[] {
  const changes: Change[] = [];
  let [i, j] = [0, 0];
  for (const [x, y] of [...commonItems(a, b), [a.length, b.length] as const]) {
    changes.push(...a.slice(i, x).map((line): Change => ({ kind: 'removed', line })));
    changes.push(...b.slice(j, y).map((line): Change => ({ kind: 'added', line })));
    changes.push(...a.slice(x, x + 1).map((line): Change => ({ kind: 'same', line })));
    [i, j] = [x + 1, y + 1];
  }
  return changes;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Changes with what is around them; those that touch are one. */
function hunksOf(changes: readonly Change[]): Range[] {
  const ranges: Range[] = [];
  changes.forEach(({ kind }, i) => {
    if (kind === 'same') return;
    const last = ranges.at(-1);
    const to = Math.min(i + context + 1, changes.length);
    if (last !== undefined && i - context <= last.to) ranges[ranges.length - 1] = { from: last.from, to };
    else ranges.push({ from: Math.max(0, i - context), to });
  });
  return ranges;
}

function hunk(changes: readonly Change[], from: number, to: number): DiffLine[] {
  const count = (part: readonly Change[], not: Change['kind']) =>
    part.filter(({ kind }) => kind !== not).length;
  const [before, part] = [changes.slice(0, from), changes.slice(from, to)];
  const range = (not: Change['kind']) => {
    const length = count(part, not);
    // A range without lines is named by the line before it.
    return `${count(before, not) + (length === 0 ? 0 : 1)}${length === 1 ? '' : `,${length}`}`;
  };
  return [
    { kind: 'hunk', text: `@@ -${range('added')} +${range('removed')} @@` },
    ...part.flatMap(({ kind, line }): DiffLine[] => {
      const text = `${signs[kind]}${line.replace(/\n$/, '')}`;
      const open = line.endsWith('\n')
        ? []
        : [{ kind: 'note', text: '\\ No newline at end of file' } as const];
      return [{ kind, text }, ...open];
    }),
  ];
}

const signs = { same: ' ', added: '+', removed: '-' } as const;
