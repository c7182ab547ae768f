import { isMap, isScalar, isSeq, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml';
import { deepEqual, isObject, type Json, type JsonObject } from '../objects/json.js';
import { align } from './align.js';
import { editFlow } from './edit-flow.js';
import { isFilled, itemLines, renderBlock } from './render.js';
import { insertLines, replaceItem, replaceValue, type Editing } from './replace.js';
import { blockEnd, columnOf, dashLine, isFlow, lineStart, startOf } from './style.js';

/**
 * The edits of the text at `node` that turn `before` into `after` and leave everything else as it is: comments, order,
 * quotes, layout. What it cannot do so comes out wrong: whoever calls reads the text again and compares.
 */
export function edit(node: ParsedNode, before: Json, after: Json, editing: Editing): void {
  if (!editWithin(node, before, after, editing)) replaceItem(node, after, editing);
}

/** False where the value is to be replaced as a whole, by who knows what it hangs on. */
function editWithin(node: ParsedNode, before: Json, after: Json, editing: Editing): boolean {
  if (deepEqual(before, after)) return true;
  if (![before, after].every(isFilled)) return false;
  if (isFlow(node)) editFlow(node, before, after, editing);
  else if (isMap(node) && isObject(before) && isObject(after)) editMap(node, before, after, editing);
  else if (isSeq(node) && isList(before) && isList(after)) editSeq(node, before, after, editing);
  else return false;
  return true;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function editMap(node: YAMLMap, before: JsonObject, after: JsonObject, editing: Editing): void {
  const written = new Set<string>();
  const column = columnOf(editing.text, startOf(node));
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    // A merge key is no member itself; what it brings is written out where it changes.
    if (!Object.hasOwn(before, name)) continue;
    written.add(name);
    editMember(key as ParsedNode, value as ParsedNode, column, before[name], after[name], editing);
  }
  for (const [name, value] of Object.entries(after)) {
    if (written.has(name) || value === undefined || deepEqual(value, before[name])) continue;
    insertLines(
      placeFor(name, node, editing),
      renderBlock({ [name]: value }, editing.style),
      column,
      editing,
    );
  }
}

function editMember(
  key: ParsedNode,
  value: ParsedNode,
  column: number,
  was: Json | undefined,
  now: Json | undefined,
  editing: Editing,
): void {
  const { text, edits } = editing;
  if (now === undefined)
    edits.push({ from: lineStart(text, startOf(key)), to: blockEnd(text, value), text: '' });
  else if (!editWithin(value, was ?? null, now, editing)) replaceValue(key, column, value, now, editing);
}

/** New members come last, but `metadata` first, as everybody writes it. */
function placeFor(name: string, node: YAMLMap, { text }: Editing): number {
  const start = lineStart(text, startOf(node));
  const isAlone = text.slice(start, startOf(node)).trim() === '';
  return name === 'metadata' && isAlone ? start : blockEnd(text, node);
}

function editSeq(node: YAMLSeq, before: readonly Json[], after: readonly Json[], editing: Editing): void {
  const { text, style, edits } = editing;
  const column = columnOf(text, startOf(node));
  let end = lineStart(text, startOf(node));
  for (const one of align(before, after)) {
    const now = one.after === undefined ? undefined : after[one.after];
    const item = one.before === undefined ? undefined : node.items[one.before];
    if (item === undefined) {
      insertLines(end, itemLines(now, style), column, editing);
      continue;
    }
    if (now === undefined) {
      edits.push({ from: dashLine(text, startOf(item), column), to: blockEnd(text, item), text: '' });
    } else edit(item as ParsedNode, before[one.before ?? 0] ?? null, now, editing);
    end = blockEnd(text, item);
  }
}
