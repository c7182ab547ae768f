import { isObject, type JsonObject } from '../../objects/json.js';
import { at, isList, objectsAt, textAt, type Draft, type KubeObject } from '../store/object.js';
import { builtinSchema } from './builtin.js';
import type { CustomKind, Kind, Subresource } from './kind.js';
import { every } from './rows.js';
import { anything, scalar, type Field, type ListSchema, type Schema, type StructSchema } from './schema.js';

/** What a CustomResourceDefinition brings: a kind for its one served version; none where it serves no version. */
export function customKind(definition: KubeObject): Kind | undefined {
  const version = objectsAt(definition, 'spec', 'versions').find(({ served }) => served === true);
  if (version === undefined) return undefined;
  const group = textAt(definition, 'spec', 'group');
  const name = textAt(version, 'name');
  const kind = textAt(definition, 'spec', 'names', 'kind');
  const plural = textAt(definition, 'spec', 'names', 'plural');
  const apiVersion = `${group}/${name}`;
  const custom = customOf(definition, version);
  return {
    group,
    version: name,
    apiVersion,
    kind,
    listKind: textAt(definition, 'spec', 'names', 'listKind') || `${kind}List`,
    plural,
    singular: textAt(definition, 'spec', 'names', 'singular') || kind.toLowerCase(),
    resource: `${plural}.${group}`,
    storage: `${plural}.${group}`,
    namespaced: textAt(definition, 'spec', 'scope') === 'Namespaced',
    shortNames: textsAt(definition, 'spec', 'names', 'shortNames'),
    categories: textsAt(definition, 'spec', 'names', 'categories'),
    subresources: subresourcesOf(version, { group, version: name, kind }),
    schema: rootOf(custom.openAPISchema, kind),
    counts: true,
    createsOnPut: false,
    needsRevision: true,
    verbs: every,
    custom,
    fields: [],
    fromStorage: (object) => object,
    toStorage: (object) => object,
  };
}

function customOf(definition: KubeObject, version: Draft): CustomKind {
  const schema = isObject(version['schema']) ? version['schema'] : {};
  const columns = objectsAt(version, 'additionalPrinterColumns').map((column) => ({
    name: textAt(column, 'name'),
    type: textAt(column, 'type'),
    jsonPath: textAt(column, 'jsonPath'),
    priority: Number(column['priority'] ?? 0),
    format: textAt(column, 'format'),
    description: textAt(column, 'description'),
  }));
  return { definition: definition.metadata.name, openAPISchema: schema['openAPIV3Schema'], columns };
}

function subresourcesOf(
  version: Draft,
  type: Pick<Subresource, 'group' | 'version' | 'kind'>,
): readonly Subresource[] {
  const { subresources } = version;
  const hasStatus = isObject(subresources) && subresources['status'] !== undefined;
  return hasStatus ? [{ ...type, name: 'status', verbs: ['get', 'patch', 'update'] }] : [];
}

function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  const found = at(value, ...path);
  return isList(found) ? found.filter((text) => typeof text === 'string') : [];
}

/** The API server knows apiVersion, kind and metadata of every object itself. */
function rootOf(schema: unknown, kind: string): StructSchema {
  const given = isObject(schema) ? structOf(schema, kind) : openStruct(kind);
  const own: readonly (readonly [string, Field])[] = [
    ['apiVersion', fieldOf(scalar('string'))],
    ['kind', fieldOf(scalar('string'))],
    ['metadata', fieldOf(builtinSchema('V1ObjectMeta'))],
  ];
  return { ...given, fields: new Map([...given.fields, ...own]) };
}

const openStruct = (name: string): StructSchema => ({
  kind: 'struct',
  name,
  fields: new Map(),
  atomic: false,
  open: true,
  untyped: true,
});

function structOf(schema: JsonObject, name: string): StructSchema {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  return {
    kind: 'struct',
    name,
    fields: new Map(
      Object.entries(properties).flatMap(([key, value]) =>
        isObject(value) ? [[key, fieldOf(schemaOf(value, key))] as const] : [],
      ),
    ),
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    open: schema['x-kubernetes-preserve-unknown-fields'] === true,
    untyped: true,
  };
}

/** A zero is kept: a custom resource has no Go type that would leave it out. */
const fieldOf = (schema: Schema): Field => ({
  schema,
  keepsZero: true,
  always: false,
  retainKeys: false,
});

function schemaOf(schema: JsonObject, name: string): Schema {
  if (schema['x-kubernetes-int-or-string'] === true) return scalar('int-or-string');
  switch (schema['type']) {
    case 'object':
      return objectOf(schema, name);
    case 'array':
      return listOf(schema, name);
    case 'string':
      return scalar('string');
    case 'boolean':
      return scalar('boolean');
    case 'integer':
      return scalar(schema['format'] === 'int32' ? 'int32' : 'int64');
    case 'number':
      return scalar('double');
    default:
      return anything;
  }
}

function objectOf(schema: JsonObject, name: string): Schema {
  const { additionalProperties: values } = schema;
  if (!isObject(values)) return structOf(schema, name);
  return {
    kind: 'map',
    values: schemaOf(values, name),
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
  };
}

function listOf(schema: JsonObject, name: string): ListSchema {
  const { items } = schema;
  const topology = schema['x-kubernetes-list-type'];
  return {
    kind: 'list',
    items: isObject(items) ? schemaOf(items, name) : anything,
    topology: topology === 'set' || topology === 'map' ? topology : 'atomic',
    keys: textsAt(schema, 'x-kubernetes-list-map-keys'),
    adds: false,
  };
}
