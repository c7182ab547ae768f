import type { Json, JsonObject } from '../../../objects/json.js';
import { deepEqual, isObject } from '../../../objects/json.js';
import type { Field, ListSchema, Schema } from '../../kinds/schema.js';
import { isList } from '../../store/object.js';
import { plainError } from '../status.js';

/**
 * Strategic merge: lists whose type has a merge key are merged item by item, directives (`$patch`, `$retainKeys`,
 * `$deleteFromPrimitiveList/…`, `$setElementOrder/…`) are followed. What the type does not know is merged as by
 * RFC 7396. Source of the rules: k8s.io/apimachinery/pkg/util/strategicpatch
 * @throws StatusError 500, as the API server answers, for a missing merge key or an unknown directive
 */
export function applyStrategicPatch(schema: Schema, object: JsonObject, patch: JsonObject): JsonObject {
  const directive = patch['$patch'];
  if (directive === 'replace') return without(patch, '$patch');
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(directive, patch);
  const merged: Record<string, Json | undefined> = { ...retained(object, patch) };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) follow(merged, key, value, patch);
    else if (value === null) Reflect.deleteProperty(merged, key);
    else if (value !== undefined) merged[key] = mergeMember(schema, key, merged[key], value);
  }
  order(schema, merged, patch);
  return merged;
}

/** Directives that stand among the members; those that order lists come last. */
function follow(
  merged: Record<string, Json | undefined>,
  directive: string,
  value: Json | undefined,
  patch: JsonObject,
): void {
  if (directive === '$patch' || directive === '$retainKeys') return;
  if (directive.startsWith('$setElementOrder/')) return;
  if (!directive.startsWith('$deleteFromPrimitiveList/')) throw unknownDirective(directive, patch);
  removeFrom(merged, directive, value);
}

function mergeMember(schema: Schema, key: string, current: Json | undefined, patch: Json): Json {
  const field = fieldOf(schema, key);
  const type = field?.schema ?? (schema.kind === 'map' ? schema.values : anyObject);
  if (isObject(patch)) return applyStrategicPatch(type, isObject(current) ? current : {}, patch);
  if (isList(patch) && type.kind === 'list') return mergeList(type, isList(current) ? current : [], patch);
  return patch;
}

const anyObject: Schema = { kind: 'map', values: { kind: 'scalar', type: 'any' }, atomic: false };

const fieldOf = (schema: Schema, key: string): Field | undefined =>
  schema.kind === 'struct' ? schema.fields.get(key) : undefined;

function mergeList(schema: ListSchema, current: readonly Json[], patch: readonly Json[]): Json {
  if (schema.mergeKey !== undefined) return mergeByKey(schema, schema.mergeKey, current, patch);
  if (!schema.adds) return patch;
  return [...current, ...patch.filter((item) => !current.some((have) => deepEqual(have, item)))];
}

function mergeByKey(schema: ListSchema, key: string, current: readonly Json[], patch: readonly Json[]): Json {
  if (patch.some((item) => isObject(item) && item['$patch'] === 'replace')) {
    return patch.filter((item) => !(isObject(item) && item['$patch'] === 'replace'));
  }
  let merged = [...current];
  for (const item of patch) {
    if (!isObject(item)) throw plainError(`expected an object in a list merged by ${key}`);
    const id = item[key];
    if (id === undefined) throw plainError(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
    const at = merged.findIndex((have) => isObject(have) && deepEqual(have[key], id));
    if (item['$patch'] === 'delete')
      merged = merged.filter((have) => !(isObject(have) && deepEqual(have[key], id)));
    else if (at < 0) merged.push(applyStrategicPatch(schema.items, {}, item));
    else merged[at] = applyStrategicPatch(schema.items, merged[at] as JsonObject, item);
  }
  return merged;
}

/** `$retainKeys` names the keys that stay. */
function retained(object: JsonObject, patch: JsonObject): JsonObject {
  const keys = patch['$retainKeys'];
  if (!isList(keys)) return object;
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

function removeFrom(
  merged: Record<string, Json | undefined>,
  directive: string,
  values: Json | undefined,
): void {
  const key = directive.slice('$deleteFromPrimitiveList/'.length);
  const current = merged[key];
  if (isList(current) && isList(values)) merged[key] = current.filter((item) => !values.includes(item));
}

/** `$setElementOrder/field` gives the order of the items that it names; others keep their place after them. */
function order(schema: Schema, merged: Record<string, Json | undefined>, patch: JsonObject): void {
  for (const [directive, wanted] of Object.entries(patch)) {
    if (!directive.startsWith('$setElementOrder/') || !isList(wanted)) continue;
    const key = directive.slice('$setElementOrder/'.length);
    const list = merged[key];
    const type = fieldOf(schema, key)?.schema;
    if (!isList(list) || type?.kind !== 'list') continue;
    const { mergeKey } = type;
    const idOf = (item: Json): Json | undefined =>
      mergeKey !== undefined && isObject(item) ? item[mergeKey] : item;
    const place = (item: Json): number => {
      const found = wanted.findIndex((one) => deepEqual(idOf(one), idOf(item)));
      return found < 0 ? wanted.length : found;
    };
    merged[key] = [...list].sort((a, b) => place(a) - place(b));
  }
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

const unknownDirective = (directive: Json, patch: JsonObject): Error =>
  plainError(
    `unknown patch type: ${typeof directive === 'string' ? directive : JSON.stringify(directive)} in map: ${goMap(patch)}`,
  );

/** A map as Go prints it. */
function goMap(object: JsonObject): string {
  const members = Object.keys(object)
    .sort()
    .map(
      (key) =>
        `${key}:${typeof object[key] === 'object' ? JSON.stringify(object[key]) : String(object[key])}`,
    );
  return `map[${members.join(' ')}]`;
}
