import type { DiffLine } from './unified-diff.js';
import type { Colour, Paint } from './paint.js';

/** A diff as text, each line with its line break. */
export function paintDiff(lines: readonly DiffLine[], paint: Paint): string {
  return lines.map(({ kind, text }) => `${paint(colours[kind], text)}\n`).join('');
}

const colours: Readonly<Partial<Record<DiffLine['kind'], Colour>>> = {
  file: 'bold',
  hunk: 'cyan',
  added: 'green',
  removed: 'red',
  note: 'dim',
};
