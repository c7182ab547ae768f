import type { Json, JsonObject } from '../../../objects/json.js';
import { isObject } from '../../../objects/json.js';

/** RFC 7396: members replace, objects merge, `null` removes. */
export function applyMergePatch(object: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...object };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else if (isObject(value)) merged[key] = applyMergePatch(objectOrEmpty(merged[key]), value);
    else merged[key] = value;
  }
  return merged;
}

const objectOrEmpty = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});
