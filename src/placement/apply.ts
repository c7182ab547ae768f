import { AppError } from '../errors.js';
import type { Json, JsonObject } from '../objects/json.js';
import { parsePointer, unescapeToken } from '../objects/json-pointer.js';
import type { Operation } from './patch.js';

/**
 * Applies `operations` to `object` itself: what the API server will make of them. Strict where RFC 6902 is: a missing
 * parent, a missing member to replace or remove, an index past the end are errors.
 *
 * By hand, because fast-json-patch takes 130 to 380 us for the 61 operations of a large CronJob where this takes 15,
 * and puts a value in by reference, so that a later operation changes an earlier one before it is sent. The tests
 * hold both against each other.
 *
 * @throws {AppError} patch-invalid, where an operation does not apply.
 */
export function applyPatch(object: JsonObject, operations: readonly Operation[]): void {
  let path: string | undefined;
  let parent: unknown;
  for (const operation of operations) {
    const end = operation.path.lastIndexOf('/');
    if (end === -1) throw misfit(operation, 'the whole document');
    const parentPath = operation.path.slice(0, end);
    // Operations come in runs below one parent, and none of them moves that parent.
    if (parentPath !== path) {
      path = parentPath;
      parent = find(object, parentPath);
    }
    const last = unescapeToken(operation.path.slice(end + 1));
    if (Array.isArray(parent)) applyToList(parent as Json[], last, operation);
    else if (isContainer(parent)) applyToMap(parent as Record<string, Json | undefined>, last, operation);
    else throw misfit(operation, 'no parent');
  }
}

type Container = Record<string, Json | undefined> | Json[];

function find(object: JsonObject, pointer: string): unknown {
  let value: unknown = object;
  for (const token of parsePointer(pointer)) {
    if (!isContainer(value) || !Object.hasOwn(value, token)) return undefined;
    value = (value as Record<string, unknown>)[token];
  }
  return value;
}

function applyToList(list: Json[], token: string, operation: Operation): void {
  const index = /^(?:0|[1-9]\d*)$/.test(token) ? Number(token) : -1;
  const end = operation.op === 'add' ? list.length : list.length - 1;
  if (index < 0 || index > end) throw misfit(operation, `no such index in ${list.length} items`);
  if (operation.op === 'add') list.splice(index, 0, fresh(operation.value));
  else if (operation.op === 'replace') list[index] = fresh(operation.value);
  else list.splice(index, 1);
}

function applyToMap(map: Record<string, Json | undefined>, key: string, operation: Operation): void {
  if (operation.op !== 'add' && !Object.hasOwn(map, key)) throw misfit(operation, 'no such member');
  if (operation.op === 'remove') {
    Reflect.deleteProperty(map, key);
    return;
  }
  // An own member, even where it is called `__proto__`.
  Object.defineProperty(map, key, {
    value: fresh(operation.value),
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** Later operations fill only lists and maps that came in empty; these must not be the operation's own. */
function fresh(value: Json): Json {
  if (Array.isArray(value)) return value.length === 0 ? [] : (value as Json);
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0 ? {} : value;
}

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

const misfit = ({ op, path }: Operation, why: string): AppError =>
  new AppError('patch-invalid', `${op} ${path}: ${why}`);
