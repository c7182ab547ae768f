import { deepEqual, isObject, type Json, type JsonObject } from '../objects/json.js';
import { escapeToken, parsePointer } from '../objects/json-pointer.js';
import type { Operation, Step } from './patch.js';

type MutableMap = Record<string, Json | undefined>;
type Container = MutableMap | Json[];

/**
 * Undoes `steps` on `template` itself, the last first, wherever nobody has changed since what the step left, and
 * answers the operations that do the same below `pointer`.
 */
export function takeBack(template: JsonObject, pointer: string, steps: readonly Step[]): Operation[] {
  const operations: Operation[] = [];
  for (const step of steps.toReversed()) {
    const tokens = parsePointer(step[1]);
    const last = tokens.pop();
    const parent = last === undefined ? undefined : find(template, tokens, pointer);
    if (parent === undefined || last === undefined) continue;
    const operation = Array.isArray(parent.value)
      ? undoItem(parent.value, parent.pointer, Number(last), step)
      : undoMember(parent.value, parent.pointer, last, step);
    if (operation !== undefined) operations.push(operation);
  }
  return operations;
}

interface Found {
  readonly value: Container;
  readonly pointer: string;
}

/** Follows a path of the record, in which an item of a list may be given by its `name`. */
function find(root: JsonObject, tokens: readonly string[], pointer: string): Found | undefined {
  let value: unknown = root;
  let path = pointer;
  for (const token of tokens) {
    const key: string | number | undefined = Array.isArray(value) ? itemIndex(value as Json[], token) : token;
    if (key === undefined || !isContainer(value) || !Object.hasOwn(value, key)) return undefined;
    value = (value as MutableMap)[key];
    path += `/${escapeToken(String(key))}`;
  }
  return isContainer(value) ? { value, pointer: path } : undefined;
}

function itemIndex(list: readonly Json[], token: string): number | undefined {
  const named = list.findIndex((item) => isObject(item) && item['name'] === token);
  if (named !== -1) return named;
  const index = Number(token);
  return Number.isInteger(index) && index >= 0 && index < list.length ? index : undefined;
}

function undoItem(list: Json[], pointer: string, index: number, step: Step): Operation | undefined {
  const [sign, , value] = step;
  if (sign === '-') return reinsert(list, pointer, index, value);
  const at = deepEqual(list[index], value) ? index : list.findIndex((item) => deepEqual(item, value));
  if (at === -1) return undefined;
  if (sign === '+') {
    list.splice(at, 1);
    return { op: 'remove', path: `${pointer}/${at}` };
  }
  list[at] = step[3];
  return { op: 'replace', path: `${pointer}/${at}`, value: step[3] };
}

/** Puts an item back where it was, unless the user has set one of that name again. */
function reinsert(list: Json[], pointer: string, index: number, was: Json): Operation | undefined {
  const name = isObject(was) ? was['name'] : undefined;
  if (name !== undefined && list.some((item) => isObject(item) && item['name'] === name)) return undefined;
  const at = Number.isInteger(index) && index >= 0 ? Math.min(index, list.length) : list.length;
  list.splice(at, 0, was);
  return { op: 'add', path: `${pointer}/${at}`, value: was };
}

function undoMember(map: MutableMap, pointer: string, key: string, step: Step): Operation | undefined {
  const [sign, , value] = step;
  const path = `${pointer}/${escapeToken(key)}`;
  const there = Object.hasOwn(map, key);
  if (sign === '-') {
    if (there) return undefined;
    define(map, key, value);
    return { op: 'add', path, value };
  }
  if (!there || !deepEqual(map[key], value)) return undefined;
  if (sign === '+') {
    Reflect.deleteProperty(map, key);
    return { op: 'remove', path };
  }
  define(map, key, step[3]);
  return { op: 'replace', path, value: step[3] };
}

/** Sets an own member even where it is called `__proto__`. */
function define(map: MutableMap, key: string, value: Json): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
