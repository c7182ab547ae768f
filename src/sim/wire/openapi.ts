import type { Json, JsonObject } from '../../objects/json.js';
import type { Kind, Kinds } from '../kinds/kind.js';
import type { ScalarType, Schema } from '../kinds/schema.js';

/** GET /openapi/v3: one document a group and version. */
export function openAPIIndex(kinds: Kinds): Json {
  const paths = new Set(kinds.all().map(pathOf));
  return {
    paths: Object.fromEntries([...paths].map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }])),
  };
}

const pathOf = (kind: Kind): string => (kind.group === '' ? 'api/v1' : `apis/${kind.apiVersion}`);

/**
 * GET /openapi/v3/apis/{group}/{version}: as much as kubectl reads. That a PATCH takes `fieldValidation` tells it to
 * leave validation to the server; the schemas serve `kubectl explain`. undefined where the version is not served.
 */
export function openAPIDocument(kinds: Kinds, path: string): Json | undefined {
  const own = kinds.all().filter((kind) => pathOf(kind) === path);
  if (own.length === 0) return undefined;
  const schemas: Record<string, JsonObject> = {};
  for (const kind of own) {
    const name = `${kind.apiVersion.replaceAll('/', '.')}.${kind.kind}`;
    schemas[name] = { ...schemaOf(kind.schema, schemas), 'x-kubernetes-group-version-kind': [gvk(kind)] };
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.0' },
    paths: Object.fromEntries(own.map((kind) => [urlOf(kind), operationsOf(kind)])),
    components: { schemas },
  };
}

const gvk = (kind: Kind): JsonObject => ({ group: kind.group, version: kind.version, kind: kind.kind });

const urlOf = (kind: Kind): string =>
  `/${pathOf(kind)}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`;

function operationsOf(kind: Kind): JsonObject {
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: name === 'force' ? 'boolean' : 'string' },
  }));
  const operation = (action: string): JsonObject => ({
    parameters,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk(kind),
  });
  const content = Object.fromEntries(
    ['application/json-patch+json', 'application/merge-patch+json', 'application/apply-patch+yaml'].map(
      (type) => [type, {}],
    ),
  );
  return {
    get: operation('get'),
    put: operation('put'),
    patch: { ...operation('patch'), requestBody: { content } },
    delete: operation('delete'),
  };
}

function schemaOf(schema: Schema, schemas: Record<string, JsonObject>): JsonObject {
  switch (schema.kind) {
    case 'scalar':
      return scalarTypes[schema.type];
    case 'list':
      return { type: 'array', items: referenceTo(schema.items, schemas) };
    case 'map':
      return { type: 'object', additionalProperties: referenceTo(schema.values, schemas) };
    case 'struct':
      return {
        type: 'object',
        properties: Object.fromEntries(
          [...schema.fields].map(([name, field]) => [name, referenceTo(field.schema, schemas)]),
        ),
      };
  }
}

/** Structs are named, as they refer to themselves. */
function referenceTo(schema: Schema, schemas: Record<string, JsonObject>): JsonObject {
  if (schema.kind !== 'struct' || schema.name === '') return schemaOf(schema, schemas);
  const name = `type.${schema.name}`;
  if (schemas[name] === undefined) {
    schemas[name] = {};
    schemas[name] = schemaOf(schema, schemas);
  }
  return { allOf: [{ $ref: `#/components/schemas/${name}` }] };
}

const scalarTypes: Readonly<Record<ScalarType, JsonObject>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  quantity: { type: 'string' },
  time: { type: 'string', format: 'date-time' },
  microtime: { type: 'string', format: 'date-time' },
  bytes: { type: 'string', format: 'byte' },
  'int-or-string': { type: 'string', format: 'int-or-string' },
  any: { type: 'object' },
};
