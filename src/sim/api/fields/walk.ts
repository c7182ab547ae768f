import type { Json, JsonObject } from '../../../objects/json.js';
import { deepEqual, isObject } from '../../../objects/json.js';
import type { ListSchema, MapSchema, Schema } from '../../kinds/schema.js';
import { anything } from '../../kinds/schema.js';
import { isList } from '../../store/object.js';
import { SetBuilder } from './set.js';
import type { FieldSet } from './set.js';

/** The fields that an applied configuration names (structured-merge-diff typed/tofieldset.go). */
export function fieldsOf(schema: Schema, value: JsonObject): FieldSet {
  const found = new SetBuilder();
  collect(schema, value, [], found);
  return found.build();
}

function collect(schema: Schema, value: Json, path: readonly string[], found: SetBuilder): void {
  if (isLeaf(schema, value)) found.add(path);
  else if (isObject(value)) collectMap(schema, value, path, found);
  else if (isList(value) && schema.kind === 'list') {
    for (const item of value) {
      const here = [...path, elementOf(schema, item)];
      collect(schema.items, item, here, found);
      found.add(here);
    }
  }
}

function collectMap(schema: Schema, value: JsonObject, path: readonly string[], found: SetBuilder): void {
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const here = [...path, `f:${key}`];
    collect(memberSchema(schema, key), member, here, found);
    const declared = schema.kind === 'struct' && schema.fields.has(key);
    if (!declared || isEmptyMap(member)) found.add(here);
  }
}

/** What is owned as one: scalars, atomic lists, maps and structs. The object itself is not. */
function isLeaf(schema: Schema, value: Json): boolean {
  if (isObject(value)) return schema.kind === 'scalar' || (schema.kind !== 'list' && schema.atomic);
  if (isList(value)) return schema.kind !== 'list' || schema.topology === 'atomic';
  return true;
}

const isEmptyMap = (value: Json): boolean => isObject(value) && Object.keys(value).length === 0;

/** The type of a member; what no type declares is a leaf, unless it is of the kind that keeps unknown fields. */
export function memberSchema(schema: Schema, key: string): Schema {
  if (schema.kind === 'struct') return schema.fields.get(key)?.schema ?? (schema.open ? deduced : anything);
  return schema.kind === 'map' ? schema.values : anything;
}

/** Maps by their members, lists as one: `__untyped_deduced_` of k8s.io/kube-openapi/pkg/schemaconv/smd.go. */
const deduced: MapSchema = {
  kind: 'map',
  atomic: false,
  get values() {
    return deduced;
  },
};

/** `k:{"name":"a"}` or `v:"a"`: how an item of a list is told apart. Absent keys count with their default. */
export function elementOf(schema: ListSchema, item: Json): string {
  if (schema.topology === 'set' || !isObject(item)) return `v:${JSON.stringify(item)}`;
  const keys = [...schema.keys].sort().flatMap((key) => {
    const value = item[key] ?? keyDefaults[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}

/** The one key of built-in lists that has a default. */
const keyDefaults: Readonly<Record<string, Json>> = { protocol: 'TCP' };

/** What changed between two objects. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** structured-merge-diff typed/compare.go */
export function compare(schema: Schema, before: JsonObject, after: JsonObject): Comparison {
  const found = { added: new SetBuilder(), modified: new SetBuilder(), removed: new SetBuilder() };
  compareValues(schema, before, after, [], found);
  return { added: found.added.build(), modified: found.modified.build(), removed: found.removed.build() };
}

interface Builders {
  readonly added: SetBuilder;
  readonly modified: SetBuilder;
  readonly removed: SetBuilder;
}

function compareValues(
  schema: Schema,
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[],
  found: Builders,
): void {
  if (before === after || (before === undefined && after === undefined)) return;
  if (comparesAsOne(schema, before, after)) {
    if (before !== undefined && after !== undefined && !deepEqual(before, after)) found.modified.add(path);
  } else compareMembers(schema, before, after, path, found);
  if (before === undefined) found.added.add(path);
  else if (after === undefined) found.removed.add(path);
}

function comparesAsOne(schema: Schema, before: Json | undefined, after: Json | undefined): boolean {
  const values = [before, after].flatMap((value) => (value === undefined ? [] : [value]));
  return values.some((value) => isLeaf(schema, value)) || values.every(isEmpty);
}

const isEmpty = (value: Json): boolean => (isList(value) ? value.length === 0 : isEmptyMap(value));

function compareMembers(
  schema: Schema,
  before: Json | undefined,
  after: Json | undefined,
  path: readonly string[],
  found: Builders,
): void {
  const old = membersOf(schema, before);
  const now = membersOf(schema, after);
  for (const step of new Set([...old.keys(), ...now.keys()])) {
    const type = schema.kind === 'list' ? schema.items : memberSchema(schema, step.slice(2));
    compareValues(type, old.get(step), now.get(step), [...path, step], found);
  }
}

function membersOf(schema: Schema, value: Json | undefined): ReadonlyMap<string, Json> {
  if (isList(value) && schema.kind === 'list') {
    return new Map(value.map((item) => [elementOf(schema, item), item]));
  }
  if (!isObject(value)) return new Map();
  return new Map(
    Object.entries(value).flatMap(([key, member]) =>
      member === undefined ? [] : [[`f:${key}`, member] as const],
    ),
  );
}
