import { deepEqual, isObject, type Json, type JsonObject } from '../../../objects/json.js';
import { isList } from '../../store/object.js';

/** A value of a custom resource, and what it was before the update. */
export interface Place {
  readonly value: Json;
  /** Undefined: it is new, or it cannot be told which one it was. */
  readonly old: Json | undefined;
  readonly path: string;
}

/**
 * What is as it was is not refused, also where a newer definition would: validation ratcheting
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting).
 */
export const isUntouched = ({ value, old }: Place): boolean => old !== undefined && deepEqual(value, old);

export function memberPlace({ old, path }: Place, key: string, value: Json): Place {
  return { value, old: isObject(old) ? old[key] : undefined, path: path === '' ? key : `${path}.${key}` };
}

/** Items of a map or set are found again wherever they are; those of any other list are not. */
export function itemPlace({ old, path }: Place, schema: JsonObject, value: Json, i: number): Place {
  const before = isList(old) ? old : [];
  const type = schema['x-kubernetes-list-type'];
  const same = (one: Json) =>
    type === 'set'
      ? deepEqual(one, value)
      : type === 'map' && deepEqual(keysOf(one, schema), keysOf(value, schema));
  return { value, old: before.find(same), path: `${path}[${i}]` };
}

/** What tells an item of a list of type map apart. */
export function keysOf(item: Json, schema: JsonObject): JsonObject {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (!isObject(item) || !isList(keys)) return {};
  return Object.fromEntries(keys.flatMap((key) => (typeof key === 'string' ? [[key, item[key]]] : [])));
}
