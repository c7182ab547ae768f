import type { Colour, Paint } from './paint.js';

export interface Cell {
  readonly text: string;
  readonly colour?: Colour;
  /** Numbers, so that their digits stand below each other. */
  readonly right?: true;
}

export interface TableOptions {
  readonly paint: Paint;
  /** Of the terminal. */
  readonly columns: number;
  /** Spaces before each line. Default 0. */
  readonly indent?: number;
}

/** Rows of as many cells each. The last cell of a row is wrapped at spaces where it passes the width. */
export function table(
  rows: readonly (readonly Cell[])[],
  { paint, columns, indent = 0 }: TableOptions,
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach(({ text }, i) => {
      widths[i] = Math.max(widths[i] ?? 0, text.length);
    });
  }
  const start = widths.slice(0, -1).reduce((sum, width) => sum + width + gap.length, indent);
  return rows.flatMap((row) => {
    const last = row.at(-1) ?? { text: '' };
    const lastText = last.right === true ? padded(last, widths.at(-1) ?? 0) : last.text;
    const cells = row.slice(0, -1).map((cell, i) => paint(cell.colour, padded(cell, widths[i] ?? 0)));
    const [first = '', ...others] = wrap(lastText, Math.max(columns - start, narrowest));
    const line = [...cells, paint(last.colour, first)].join(gap);
    return [
      ' '.repeat(indent) + line.trimEnd(),
      ...others.map((text) => ' '.repeat(start) + paint(last.colour, text)),
    ];
  });
}

/** Lines of at most `width` characters, broken at spaces; a longer word has a line of its own. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** At most `width` characters, with a mark where something is missing. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

const gap = '  ';
/** No narrower column is wrapped: a word a line helps nobody. */
const narrowest = 24;

const padded = ({ text, right }: Cell, width: number): string =>
  right === true ? text.padStart(width) : text.padEnd(width);
