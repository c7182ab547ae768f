import { AppError } from '../errors.js';
import { isObject, typeName, type Json, type JsonObject } from './json.js';

/**
 * Typed reading of JSON that came from outside. `null` counts as absent, as in the API server; any other wrong
 * type is a fault that names the path, what was expected and what came.
 */
export function objectAt(parent: JsonObject, key: string, path: string): JsonObject | undefined {
  const value = parent[key] ?? undefined;
  if (value === undefined || isObject(value)) return value;
  throw fault(`${path}/${key}`, 'object', value);
}

export function listAt(parent: JsonObject, key: string, path: string): readonly Json[] | undefined {
  const value = parent[key] ?? undefined;
  if (value === undefined || isList(value)) return value;
  throw fault(`${path}/${key}`, 'array', value);
}

/** A list whose items are all objects. */
export function objectsAt(parent: JsonObject, key: string, path: string): readonly JsonObject[] {
  const list = listAt(parent, key, path);
  if (list === undefined) return [];
  for (let i = 0; i < list.length; i += 1) {
    if (!isObject(list[i])) throw fault(`${path}/${key}/${i}`, 'object', list[i]);
  }
  return list as readonly JsonObject[];
}

export function stringAt(parent: JsonObject, key: string, path: string): string | undefined {
  const value = parent[key] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw fault(`${path}/${key}`, 'string', value);
}

export function numberAt(parent: JsonObject, key: string, path: string): number | undefined {
  const value = parent[key] ?? undefined;
  if (value === undefined || typeof value === 'number') return value;
  throw fault(`${path}/${key}`, 'number', value);
}

export function booleanAt(parent: JsonObject, key: string, path: string): boolean {
  const value = parent[key] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw fault(`${path}/${key}`, 'boolean', value);
}

/** A map of strings such as `labels`. An entry that is null counts as the empty string, as the API server decodes it. */
export function stringMapAt(parent: JsonObject, key: string, path: string): Readonly<Record<string, string>> {
  const map = objectAt(parent, key, path);
  if (map === undefined) return noStrings;
  for (const name of Object.keys(map)) {
    const value = map[name];
    if (typeof value !== 'string' && value !== null) throw fault(`${path}/${key}/${name}`, 'string', value);
  }
  return map as Readonly<Record<string, string>>;
}

const noStrings: Readonly<Record<string, string>> = Object.freeze({});

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function fault(path: string, expected: string, value: unknown): AppError {
  return new AppError('object-invalid', `${path}: expected ${article(expected)}, got ${typeName(value)}`);
}

const article = (noun: string): string => (/^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`);
