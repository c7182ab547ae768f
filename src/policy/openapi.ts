import { z } from 'zod';
import { isObject, type JsonObject } from '../objects/json.js';
import { policySchema } from './schema.js';

/**
 * The policy's schema as a structural OpenAPI v3 schema, the form that a CustomResourceDefinition demands: a type
 * everywhere, nothing by reference, no `additionalProperties` beside `properties`
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema).
 * What it cannot say (a provider that exists, a port within a URL …) is checked when the policy is read.
 */
export function policyOpenApi(): JsonObject {
  const schema: unknown = z.toJSONSchema(policySchema, {
    target: 'openapi-3.0',
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => {
      makeStructural(jsonSchema);
    },
  });
  return isObject(schema) ? schema : {};
}

/** The names of the fields that may stand at `path`; none where any may, or where there is no object. */
export function fieldsAt(path: readonly (string | number)[]): readonly string[] {
  let schema: unknown = policyOpenApi();
  for (const key of path) {
    schema = memberOf(typeof key === 'number' ? schema : memberOf(schema, 'properties'), key);
  }
  const properties = memberOf(schema, 'properties');
  return isObject(properties) ? Object.keys(properties) : [];
}

function makeStructural(schema: Record<string, unknown>): void {
  const { openapi } = schema;
  delete schema['openapi'];
  if ('properties' in schema || isObject(openapi)) delete schema['additionalProperties'];
  Object.assign(schema, openapi);
}

function memberOf(schema: unknown, key: string | number): unknown {
  if (!isObject(schema)) return undefined;
  return typeof key === 'number' ? schema['items'] : schema[key];
}
