/** JSON as it came in. Nothing here knows what it means. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `a`, `array`, `null` …: what came, in words, for a message. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Structural equality; object keys in any order, an `undefined` member counts as absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => deepEqual(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  const others = Object.keys(b).filter((key) => b[key] !== undefined);
  return (
    keys.length === others.length && keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]))
  );
}

/**
 * The value as the API server stores it, whatever it looked like: members that are null, or an empty list or map, are
 * absent; keys are in order.
 */
export function asStored(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => asStored(item));
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  const entries = keys.map((key) => [key, asStored(value[key] ?? null)] as const);
  return Object.fromEntries(entries.filter(([, member]) => !isEmpty(member)));
}

const isEmpty = (value: Json): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);
