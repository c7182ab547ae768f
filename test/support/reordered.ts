import { isObject, type Json, type JsonObject } from '../../src/objects/json.js';

/** The object with its labels, annotations and node selectors in another order, by `seed`. */
export function reordered(object: JsonObject, seed: number): JsonObject {
  const turn = (map: JsonObject): JsonObject => {
    const entries = Object.entries(map);
    const at = seed % Math.max(1, entries.length);
    return Object.fromEntries([...entries.slice(at), ...entries.slice(0, at)].toReversed());
  };
  const inside = (value: Json, key: string): Json => {
    if (Array.isArray(value)) return value.map((item: Json) => inside(item, ''));
    if (!isObject(value)) return value;
    if (['labels', 'annotations', 'nodeSelector'].includes(key)) return turn(value);
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, inside(member ?? null, name)]),
    );
  };
  return inside(object, '') as JsonObject;
}
