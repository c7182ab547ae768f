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
    else if (value !== undefined)
      merged[key] = mergeMember(schema, key, merged[key], value, patch[`${setOrder}${key}`]);
  }
  reorder(schema, merged, patch);
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
  if (directive.startsWith(setOrder)) return;
  if (!directive.startsWith('$deleteFromPrimitiveList/')) throw unknownDirective(directive, patch);
  removeFrom(merged, directive, value);
}

function mergeMember(
  schema: Schema,
  key: string,
  current: Json | undefined,
  patch: Json,
  order: Json | undefined,
): Json {
  const field = fieldOf(schema, key);
  const type = field?.schema ?? (schema.kind === 'map' ? schema.values : anyObject);
  if (isObject(patch)) return applyStrategicPatch(type, isObject(current) ? current : {}, patch);
  if (isList(patch) && type.kind === 'list')
    return mergeList(type, isList(current) ? current : [], patch, order);
  return patch;
}

const anyObject: Schema = { kind: 'map', values: { kind: 'scalar', type: 'any' }, atomic: false };

const fieldOf = (schema: Schema, key: string): Field | undefined =>
  schema.kind === 'struct' ? schema.fields.get(key) : undefined;

function mergeList(
  schema: ListSchema,
  current: readonly Json[],
  patch: readonly Json[],
  order: Json | undefined,
): Json {
  const { mergeKey } = schema;
  if (mergeKey === undefined && !schema.adds) return patch;
  if (mergeKey !== undefined && patch.some(isReplace)) return patch.filter((item) => !isReplace(item));
  const merged =
    mergeKey === undefined
      ? [...current, ...patch.filter((item) => !current.some((have) => deepEqual(have, item)))]
      : mergeByKey(schema, mergeKey, current, patch);
  return ordered(merged, current, isList(order) ? order : patch, mergeKey);
}

const isReplace = (item: Json): boolean => isObject(item) && item['$patch'] === 'replace';

/**
 * Items that the patch (or its `$setElementOrder`) names come in its order, the others in theirs; where the two meet,
 * what both know keeps the old order and a new item goes first (normalizeElementOrder in strategicpatch/patch.go).
 */
function ordered(
  merged: readonly Json[],
  before: readonly Json[],
  wanted: readonly Json[],
  mergeKey: string | undefined,
): readonly Json[] {
  const idOf = (item: Json): Json | undefined =>
    mergeKey !== undefined && isObject(item) ? item[mergeKey] : item;
  const placeIn = (list: readonly Json[], item: Json): number =>
    list.findIndex((one) => deepEqual(idOf(one), idOf(item)));
  const by = (list: readonly Json[]) => (a: Json, b: Json) => placeIn(list, a) - placeIn(list, b);
  const named = merged.filter((item) => placeIn(wanted, item) >= 0).sort(by(wanted));
  const others = merged.filter((item) => placeIn(wanted, item) < 0).sort(by(before));
  const result: Json[] = [];
  for (const item of named) {
    const place = placeIn(before, item);
    while (place >= 0 && others[0] !== undefined && placeIn(before, others[0]) < place) {
      result.push(others.shift() ?? null);
    }
    result.push(item);
  }
  return [...result, ...others];
}

function mergeByKey(
  schema: ListSchema,
  key: string,
  current: readonly Json[],
  patch: readonly Json[],
): readonly Json[] {
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

/** A list that the patch only orders. */
function reorder(schema: Schema, merged: Record<string, Json | undefined>, patch: JsonObject): void {
  for (const [directive, wanted] of Object.entries(patch)) {
    const key = directive.slice(setOrder.length);
    const list = merged[key];
    const type = fieldOf(schema, key)?.schema;
    if (!directive.startsWith(setOrder) || patch[key] !== undefined) continue;
    if (isList(wanted) && isList(list) && type?.kind === 'list') {
      merged[key] = ordered(list, list, wanted, type.mergeKey);
    }
  }
}

const setOrder = '$setElementOrder/';

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
