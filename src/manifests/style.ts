import { isMap, isPair, isSeq, visit, type ParsedNode } from 'yaml';

/** How the person who wrote a document lays it out, so that what is added looks the same. */
export interface Style {
  /** Columns a level. */
  readonly step: number;
  /** Columns of a list's dashes below the key that holds it. */
  readonly seqStep: number;
  readonly newline: '\n' | '\r\n';
  /** It is JSON: on one line, or a member a line. */
  readonly json: 'line' | 'lines' | undefined;
}

/** What the first nested map and the first list show; two columns where none is there. */
export function styleOf(text: string, root: ParsedNode): Style {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const first = firstOf(root);
  if (isFlow(root) && first !== undefined) {
    const inLines = text.slice(root.range[0], startOf(first)).includes('\n');
    const step = inLines ? columnOf(text, startOf(first)) - indentOf(text, root.range[0]) : 0;
    return { step, seqStep: step, newline, json: inLines ? 'lines' : 'line' };
  }
  const found: { step?: number; seqStep?: number } = {};
  visit(root, {
    Pair: (_, { key, value }) => {
      if (!isBlock(value) || !isPlaced(key)) return;
      const deeper = columnOf(text, startOf(value)) - columnOf(text, startOf(key));
      if (isSeq(value)) found.seqStep ??= deeper;
      else found.step ??= deeper;
    },
  });
  const { step = 2 } = found;
  return { step, seqStep: found.seqStep ?? step, newline, json: undefined };
}

export const columnOf = (text: string, offset: number): number => offset - lineStart(text, offset);

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Past the line break. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/** Spaces at the start of the line. */
export const indentOf = (text: string, offset: number): number =>
  /^ */.exec(text.slice(lineStart(text, offset), offset))?.[0].length ?? 0;

export const isFlow = (node: unknown): boolean => (isMap(node) || isSeq(node)) && node.flow === true;

/** A map or a list whose members have lines of their own. */
export const isBlock = (node: unknown): boolean => (isMap(node) || isSeq(node)) && node.flow !== true;

export const startOf = (node: unknown): number => (node as ParsedNode).range[0];

/** Where the lines of a value end, without the comments below them. */
export function blockEnd(text: string, node: unknown): number {
  if (isBlock(node)) {
    const last = lastOf(node);
    if (last !== undefined) return blockEnd(text, last);
  }
  const [from, to] = (node as ParsedNode).range;
  return to > from && text[to - 1] === '\n' ? to : lineEnd(text, to);
}

/** The start of the line with an item's dash: above the item where a comment stands between. */
export function dashLine(text: string, offset: number, column: number): number {
  let start = lineStart(text, offset);
  while (start > 0 && text[start + column] !== '-') start = lineStart(text, start - 1);
  return start;
}

/** The first key or item of a map or a list. */
export function firstOf(node: unknown): unknown {
  const first: unknown = isMap(node) || isSeq(node) ? node.items[0] : undefined;
  return isPair(first) ? first.key : first;
}

/** The last value or item. */
export function lastOf(node: unknown): unknown {
  const last: unknown = isMap(node) || isSeq(node) ? node.items.at(-1) : undefined;
  return isPair(last) ? (last.value ?? last.key) : last;
}

const isPlaced = (node: unknown): boolean => typeof node === 'object' && node !== null && 'range' in node;
