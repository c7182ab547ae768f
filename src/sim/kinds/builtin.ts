import * as models from '@kubernetes/client-node/dist/gen/models/all.js';
import { anything, scalar } from './schema.js';
import type { Field, ListSchema, MapSchema, ScalarType, Schema, StructSchema } from './schema.js';
import { coreShapes } from './shape-core.js';
import { groupShapes } from './shape-groups.js';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

const attributesOf = new Map<string, readonly Attribute[]>(
  Object.entries(models).flatMap(([name, model]) =>
    'attributeTypeMap' in model ? [[name, model.attributeTypeMap as readonly Attribute[]]] : [],
  ),
);

const shapes: Readonly<Record<string, string>> = { ...coreShapes, ...groupShapes };
const structs = new Map<string, StructSchema>();

/** The structure of a built-in type, by the name of its class in @kubernetes/client-node (`V1Pod`). */
export function builtinSchema(name: string): StructSchema {
  const known = structs.get(name);
  if (known !== undefined) return known;
  const attributes = attributesOf.get(name);
  if (attributes === undefined) throw new Error(`no type table for ${name}`);
  const fields = new Map<string, Field>();
  const marks = marksOf(name);
  const struct: StructSchema = {
    kind: 'struct',
    name: name.replace(/^[A-Z][a-z]*(?=V\d)/, '').replace(/^V\d(beta\d)?/, ''),
    fields,
    atomic: marks.has('='),
    open: false,
  };
  structs.set(name, struct); // before the fields: types refer to themselves
  for (const attribute of attributes)
    fields.set(attribute.baseName, fieldOf(attribute, marks.get(attribute.baseName) ?? ''));
  return struct;
}

/** Field name → the marks behind it. */
function marksOf(name: string): ReadonlyMap<string, string> {
  const words = (shapes[name] ?? '').split(' ').filter((word) => word !== '');
  return new Map(
    words.map((word) => {
      const [, field = '', marks = ''] = /^([\w-]*)(.*)$/.exec(word) ?? [];
      return field === '' ? ['=', marks] : [field, marks];
    }),
  );
}

function fieldOf(attribute: Attribute, marks: string): Field {
  return {
    schema: shaped(schemaOf(attribute.type, attribute.format, marks.includes('#')), marks),
    keepsZero: marks.includes('?'),
    always: marks.includes('!') || marks.includes('{}'),
    retainKeys: marks.includes('+'),
  };
}

function schemaOf(type: string, format: string, quantity: boolean): Schema {
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) return atomicList(schemaOf(list, format, quantity));
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (map !== undefined) return { kind: 'map', values: schemaOf(map, format, quantity), atomic: false };
  if (quantity) return scalar('quantity');
  return attributesOf.has(type) ? builtinSchema(type) : scalar(scalarType(type, format));
}

const byFormat: Readonly<Record<string, ScalarType>> = {
  int32: 'int32',
  int64: 'int64',
  double: 'double',
  byte: 'bytes',
  'date-time': 'time',
  'date-time-micro': 'microtime',
  'int-or-string': 'int-or-string',
};

function scalarType(type: string, format: string): ScalarType {
  if (type === 'any') return 'any';
  const formatted = byFormat[format];
  if (formatted !== undefined) return formatted;
  if (type === 'V1MicroTime') return 'microtime';
  if (type === 'Date') return 'time';
  if (type === 'IntOrString') return 'int-or-string';
  if (type === 'number') return 'int64';
  return type === 'boolean' ? 'boolean' : type === 'string' ? 'string' : 'any';
}

const atomicList = (items: Schema): ListSchema => ({
  kind: 'list',
  items,
  topology: 'atomic',
  keys: [],
  adds: false,
});

/** Applies the marks that speak of lists and atomicity. */
function shaped(schema: Schema, marks: string): Schema {
  if (schema.kind === 'list') return shapedList(schema, marks);
  if (marks.includes('=') && schema.kind === 'map') return { ...schema, atomic: true } satisfies MapSchema;
  if (marks.includes('%') && schema.kind === 'struct') return { ...schema, atomic: false };
  return schema;
}

function shapedList(schema: ListSchema, marks: string): ListSchema {
  const keys = /\[([^\]]+)\]/.exec(marks)?.[1]?.split(',');
  if (keys !== undefined) {
    const [mergeKey] = keys;
    const merges = mergeKey !== undefined && !marks.includes('^');
    return { ...schema, topology: 'map', keys, ...(merges ? { mergeKey } : {}) };
  }
  const mergeKey = /~(\w+)/.exec(marks)?.[1];
  if (mergeKey !== undefined) return { ...schema, mergeKey };
  return marks.includes('[]') ? { ...schema, topology: 'set', adds: marks.includes('*') } : schema;
}

/** Fields that no type declares. */
export const unknownSchema: Schema = anything;
