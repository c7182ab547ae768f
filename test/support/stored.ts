import type { Json, JsonObject } from '../../src/objects/json.js';

/**
 * The object as it comes back from the API server after it was stored: nulls and empty lists and maps are gone, so
 * are empty values of variables and tolerations, fields that it fills in are there, and keys are in another order.
 */
export function stored(object: JsonObject): JsonObject {
  return rebuild(object, (map, key) => {
    const value = map[key] ?? null;
    if (isEmpty(value) || (key === 'value' && value === '')) return [];
    if (key === 'fieldRef') return [[key, { apiVersion: 'v1', ...(value as JsonObject) }]];
    return [[key, value]];
  }) as JsonObject;
}

/** What two objects that mean the same have in common: no member without content, keys in order. */
export const canonical = (value: Json): Json =>
  rebuild(value, (map, key) => (isEmpty(map[key] ?? null) ? [] : [[key, map[key] ?? null]]));

function rebuild(value: Json, keep: (map: JsonObject, key: string) => [string, Json][]): Json {
  if (Array.isArray(value)) return value.map((item: Json) => rebuild(item, keep));
  if (typeof value !== 'object' || value === null) return value;
  const map = value as JsonObject;
  const members = Object.keys(map).map((key) => [key, rebuild(map[key] ?? null, keep)] as const);
  const rebuilt = Object.fromEntries(members.toReversed());
  return Object.fromEntries(
    Object.keys(rebuilt)
      .sort()
      .toReversed()
      .flatMap((key) => keep(rebuilt, key)),
  );
}

const isEmpty = (value: Json): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value).length === 0);
