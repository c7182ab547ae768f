import type { ParsedNode } from 'yaml';
import type { Json } from '../objects/json.js';
import { hang, isFilled, renderBlock, renderInline } from './render.js';
import { blockEnd, columnOf, isBlock, lineEnd, lineStart, type Style } from './style.js';

/** A piece of text to put in the place of [from, to). */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A text and how it is laid out; edits are collected in the order in which they are to be made. */
export interface Editing {
  readonly text: string;
  readonly style: Style;
  readonly edits: Edit[];
}

/** Puts `value` in the place of an item of a list, or of the whole document. */
export function replaceItem(node: ParsedNode, value: Json, { text, style, edits }: Editing): void {
  const [from, to] = node.range;
  const lines = isFilled(value) ? renderBlock(value, style) : [renderInline(value, false)];
  const gap = from === to ? ' ' : '';
  const end = isBlock(node) && text[to - 1] === '\n' ? style.newline : '';
  edits.push({ from, to, text: gap + hang(lines, columnOf(text, from), style.newline) + end });
}

/** Puts `value` in the place of what `key`, at this column, has now. */
export function replaceValue(
  key: ParsedNode,
  column: number,
  node: ParsedNode,
  value: Json,
  editing: Editing,
): void {
  const { text, style, edits } = editing;
  const colon = text.indexOf(':', key.range[1]) + 1;
  const [from, to] = node.range;
  if (isFilled(value)) {
    const below = isBlock(node) ? lineStart(text, from) : lineEnd(text, to);
    if (isBlock(node)) edits.push({ from: below, to: blockEnd(text, node), text: '' });
    else if (from < to) edits.push({ from: colon, to, text: '' });
    const indent = column + (Array.isArray(value) ? style.seqStep : style.step);
    insertLines(below, renderBlock(value, style), indent, editing);
    return;
  }
  const inline = ` ${renderInline(value, false)}`;
  if (isBlock(node)) {
    edits.push({ from: colon, to: colon, text: inline });
    edits.push({ from: lineStart(text, from), to: blockEnd(text, node), text: '' });
  } else edits.push({ from: colon, to, text: inline });
}

/** Puts lines of their own before the line that begins at `at`, or after a last line that has no end. */
export function insertLines(
  at: number,
  lines: readonly string[],
  column: number,
  { text, style, edits }: Editing,
): void {
  const moved = ' '.repeat(column) + hang(lines, column, style.newline);
  const isStart = at === 0 || text[at - 1] === '\n';
  edits.push({ from: at, to: at, text: isStart ? moved + style.newline : style.newline + moved });
}
