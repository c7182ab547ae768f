import { isEmptyTerm } from '../objects/affinity.js';
import { deepEqual, isObject, type Json, type JsonObject } from '../objects/json.js';
import { escapeToken, parsePointer } from '../objects/json-pointer.js';
import type { Operation, Step } from './patch.js';

type MutableMap = Record<string, Json | undefined>;
type Container = MutableMap | Json[];

/**
 * Undoes `steps` on `template` itself, the last first, wherever nobody has changed since what the step left, and
 * answers the operations that do the same below `pointer`. What comes back is a copy: it may be filled again before
 * the operations are sent.
 */
export function takeBack(template: JsonObject, pointer: string, steps: readonly Step[]): Operation[] {
  const restored = new Set<string>();
  const root: Found = { value: template, pointer, key: '', above: undefined };
  return steps.toReversed().flatMap((step) => undo(root, step, restored) ?? []);
}

function undo(root: Found, step: Step, restored: Set<string>): Operation | undefined {
  const tokens = parsePointer(step[1]);
  const last = tokens.pop() ?? '';
  const parent = locate(root, tokens, step);
  if (parent === undefined) return undefined;
  return isList(parent)
    ? undoItem(parent, Number(last), step, restored)
    : undoMember(parent.value as MutableMap, parent.pointer, last, step);
}

/** A map or list in the template, and how it is reached. */
interface Found<C extends Container = Container> {
  readonly value: C;
  readonly pointer: string;
  readonly key: string | number;
  readonly above: Found | undefined;
}

/** The map or list that a step changed. */
function locate(root: Found, tokens: readonly string[], step: Step): Found | undefined {
  const found = find(root, tokens);
  if (step[0] !== '+' || tokens.at(-3) !== 'nodeSelectorTerms' || holds(found, step[2])) return found;
  // Terms have no names: a user who puts one in the front moves the others.
  const terms = find(root, tokens.slice(0, -2));
  if (terms === undefined || !isList(terms)) return found;
  return terms.value
    .map((_, i) => find(terms, [String(i), ...tokens.slice(-1)]))
    .find((l) => holds(l, step[2]));
}

const holds = (found: Found | undefined, value: Json): boolean =>
  found !== undefined && isList(found) && found.value.some((item) => deepEqual(item, value));

/** Follows a path of the record, in which an item of a list may be given by its `name`. */
function find(root: Found, tokens: readonly string[]): Found | undefined {
  let found = root;
  for (const token of tokens) {
    const key: string | number | undefined = isList(found) ? itemIndex(found.value, token) : token;
    if (key === undefined || !Object.hasOwn(found.value, key)) return undefined;
    const value: unknown = (found.value as MutableMap)[key];
    if (!isContainer(value)) return undefined;
    found = { value, pointer: `${found.pointer}/${escapeToken(String(key))}`, key, above: found };
  }
  return found;
}

function itemIndex(list: readonly Json[], token: string): number | undefined {
  const named = list.findIndex((item) => isObject(item) && item['name'] === token);
  if (named !== -1) return named;
  const index = Number(token);
  return Number.isInteger(index) && index >= 0 && index < list.length ? index : undefined;
}

function undoItem(
  list: Found<Json[]>,
  index: number,
  step: Step,
  restored: Set<string>,
): Operation | undefined {
  const { value: items, pointer } = list;
  const [sign, , value] = step;
  if (sign === '-') return reinsert(list, index, value, restored);
  const at = deepEqual(items[index], value) ? index : items.findIndex((item) => deepEqual(item, value));
  if (at === -1) return undefined;
  if (sign === '+') return removeItem(list, at);
  items[at] = structuredClone(step[3]);
  return { op: 'replace', path: `${pointer}/${at}`, value: step[3] };
}

/**
 * Takes an item out. Where the user has taken out all else since, a node selector term would be left that matches
 * nothing, or a list of terms that the API server refuses: then the term goes, or the whole selector.
 */
function removeItem({ value: items, pointer, key, above }: Found<Json[]>, at: number): Operation {
  if (items.length === 1 && above !== undefined) {
    if (key === 'nodeSelectorTerms' && above.above) return removeMember(above.above, above.key);
    const terms = above.above;
    const isInTerm = key === 'matchExpressions' && terms?.key === 'nodeSelectorTerms' && isList(terms);
    if (isInTerm && isEmptyTerm({ ...(above.value as MutableMap), matchExpressions: [] })) {
      return removeItem(terms, Number(above.key));
    }
  }
  items.splice(at, 1);
  return { op: 'remove', path: `${pointer}/${at}` };
}

/** Puts an item back where it was, unless the user has set one of that name again. */
function reinsert(
  { value: items, pointer }: Found<Json[]>,
  index: number,
  was: Json,
  restored: Set<string>,
): Operation | undefined {
  const name = isObject(was) ? was['name'] : undefined;
  const id = `${pointer} ${typeof name === 'string' ? name : ''}`;
  const isThere = name !== undefined && items.some((item) => isObject(item) && item['name'] === name);
  if (isThere && !restored.has(id)) return undefined;
  restored.add(id);
  const at = Number.isInteger(index) && index >= 0 ? Math.min(index, items.length) : items.length;
  items.splice(at, 0, structuredClone(was));
  return { op: 'add', path: `${pointer}/${at}`, value: was };
}

function undoMember(map: MutableMap, pointer: string, key: string, step: Step): Operation | undefined {
  const [sign, , value] = step;
  const path = `${pointer}/${escapeToken(key)}`;
  const there = Object.hasOwn(map, key);
  if (sign === '-') {
    if (there) return undefined;
    define(map, key, structuredClone(value));
    return { op: 'add', path, value };
  }
  if (!there || !deepEqual(map[key], value)) return undefined;
  if (sign === '+') {
    Reflect.deleteProperty(map, key);
    return { op: 'remove', path };
  }
  define(map, key, structuredClone(step[3]));
  return { op: 'replace', path, value: step[3] };
}

function removeMember({ value, pointer }: Found, key: string | number): Operation {
  Reflect.deleteProperty(value, key);
  return { op: 'remove', path: `${pointer}/${escapeToken(String(key))}` };
}

/** Sets an own member even where it is called `__proto__`. */
function define(map: MutableMap, key: string, value: Json): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}

const isList = (found: Found): found is Found<Json[]> => Array.isArray(found.value);

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
