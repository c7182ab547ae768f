import { isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import { deepEqual, isObject, type Json, type JsonObject } from '../objects/json.js';
import { align } from './align.js';
import { hang, isFilled, renderInline, renderJson } from './render.js';
import type { Editing } from './replace.js';
import { columnOf, firstOf, indentOf, isFlow, lastOf, startOf } from './style.js';

/**
 * Edits for `{ … }` and `[ … ]`, of which JSON is made: what came goes to the end; where something went, the whole is
 * written anew.
 */
export function editFlow(node: ParsedNode, before: Json, after: Json, editing: Editing): void {
  if (deepEqual(before, after)) return;
  const members = compare(node, before, after);
  if (members === undefined) {
    const [from, to] = node.range;
    editing.edits.push({ from, to, text: render(node, after, editing) });
    return;
  }
  for (const { value, was, now } of members.kept) editFlow(value, was, now, editing);
  append(node, members.came, editing);
}

interface Members {
  readonly kept: readonly { readonly value: ParsedNode; readonly was: Json; readonly now: Json }[];
  /** With their keys, in a map. */
  readonly came: readonly (readonly [key: string | undefined, value: Json])[];
}

/** Absent where more than an addition is to be made. */
function compare(node: ParsedNode, before: Json, after: Json): Members | undefined {
  if (!isFlow(node) || !isFilled(before) || !isFilled(after)) return undefined;
  if (isMap(node) && isObject(before) && isObject(after)) return compareMaps(node, before, after);
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
    return compareLists(node, before as readonly Json[], after as readonly Json[]);
  }
  return undefined;
}

type Items = { readonly items: readonly unknown[] };

function compareMaps(node: Items, before: JsonObject, after: JsonObject): Members | undefined {
  if (Object.keys(before).some((key) => after[key] === undefined)) return undefined;
  const pairs = node.items as readonly { readonly key: unknown; readonly value: ParsedNode }[];
  return {
    kept: pairs.flatMap(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : '';
      return [{ value, was: before[name] ?? null, now: after[name] ?? null }];
    }),
    came: Object.entries(after).flatMap(([key, now]) =>
      Object.hasOwn(before, key) || now === undefined ? [] : [[key, now] as const],
    ),
  };
}

function compareLists(node: Items, before: readonly Json[], after: readonly Json[]): Members | undefined {
  const isLonger = align(before, after).every((one, i) => one.before === (i < before.length ? i : undefined));
  if (!isLonger) return undefined;
  return {
    kept: before.map((was, i) => ({ value: node.items[i] as ParsedNode, was, now: after[i] ?? null })),
    came: after.slice(before.length).map((value) => [undefined, value] as const),
  };
}

/** After the last member, on a line of its own where the first one has one. */
function append(node: ParsedNode, came: Members['came'], editing: Editing): void {
  const { text, style, edits } = editing;
  const first = startOf(firstOf(node));
  const [, last] = (lastOf(node) as ParsedNode).range;
  const ownLine = text.slice(node.range[0], first).includes('\n');
  const between = ownLine
    ? `,${style.newline}${' '.repeat(columnOf(text, first))}`
    : style.json === 'line'
      ? ','
      : ', ';
  for (const [key, value] of came) {
    const name = key === undefined ? '' : renderKey(key, editing);
    edits.push({ from: last, to: last, text: between + name + render(lastOf(node), value, editing) });
  }
}

const renderKey = (key: string, { style }: Editing): string =>
  style.json === undefined
    ? `${renderInline(key, false)}: `
    : `${JSON.stringify(key)}:${style.json === 'line' ? '' : ' '}`;

/** A value in the place of `node`, or beside it. */
function render(node: unknown, value: Json, { text, style }: Editing): string {
  const at = startOf(node);
  if (style.json === undefined) return renderInline(value, text.startsWith('{ ', at));
  return hang(renderJson(value, style.step), indentOf(text, at), style.newline);
}
