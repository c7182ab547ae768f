import type { Json, JsonObject } from '../../../objects/json.js';
import { isObject } from '../../../objects/json.js';
import type { ListSchema, Schema } from '../../kinds/schema.js';
import { isList } from '../../store/object.js';
import type { FieldSet } from './set.js';
import { elementOf, memberSchema } from './walk.js';

/** An applied configuration laid over the live object: what it names wins, lists grow by what they lack. */
export function mergeApplied(schema: Schema, live: Json | undefined, applied: Json): Json {
  if (isObject(applied) && schema.kind !== 'scalar' && schema.kind !== 'list' && !schema.atomic) {
    return mergeMembers(schema, isObject(live) ? live : {}, applied);
  }
  if (isList(applied) && schema.kind === 'list' && schema.topology !== 'atomic') {
    return mergeItems(schema, isList(live) ? live : [], applied);
  }
  return applied;
}

function mergeMembers(schema: Schema, live: JsonObject, applied: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...live };
  for (const [key, value] of Object.entries(applied)) {
    if (value !== undefined) merged[key] = mergeApplied(memberSchema(schema, key), live[key], value);
  }
  return merged;
}

function mergeItems(schema: ListSchema, live: readonly Json[], applied: readonly Json[]): Json {
  const left = new Map(applied.map((item) => [elementOf(schema, item), item]));
  const kept = live.map((item) => {
    const id = elementOf(schema, item);
    const own = left.get(id);
    left.delete(id);
    return own === undefined ? item : mergeApplied(schema.items, item, own);
  });
  return [...kept, ...left.values()];
}

/** Takes away the members of the set; what is empty afterwards, and was not before, goes with them. */
export function withoutFields(schema: Schema, value: Json, fields: FieldSet): Json | undefined {
  if (fields.member)
    return fields.children.size === 0 || isScalar(value) ? undefined : strip(schema, value, fields);
  return fields.children.size === 0 ? value : strip(schema, value, fields);
}

const isScalar = (value: Json): boolean => !isObject(value) && !isList(value);

function strip(schema: Schema, value: Json, fields: FieldSet): Json | undefined {
  if (isList(value) && schema.kind === 'list') {
    const left = value.flatMap((item) => {
      const below = fields.children.get(elementOf(schema, item));
      const kept = below === undefined ? item : withoutFields(schema.items, item, below);
      return kept === undefined ? [] : [kept];
    });
    return left.length === 0 ? undefined : left;
  }
  if (!isObject(value)) return value;
  const left = Object.entries(value).flatMap(([key, member]) => {
    const below = fields.children.get(`f:${key}`);
    const kept =
      below === undefined || member === undefined
        ? member
        : withoutFields(memberSchema(schema, key), member, below);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
