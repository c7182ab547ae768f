import { isObject, type Json, type JsonObject } from '../../../objects/json.js';
import type { Faults } from '../../api/status.js';
import type { CustomKind } from '../../kinds/kind.js';
import { copy, isDraft, isList, type Draft, type DraftJson } from '../../store/object.js';
import type { Strategy } from '../strategy.js';
import { celFaults } from './custom-rules.js';

const strategies = new WeakMap<CustomKind, Strategy>();

/** What the OpenAPI schema of a CustomResourceDefinition demands: k8s.io/apiextensions-apiserver/pkg/apiserver. */
export function customStrategy(custom: CustomKind): Strategy {
  const known = strategies.get(custom) ?? make(custom);
  strategies.set(custom, known);
  return known;
}

function make({ openAPISchema }: CustomKind): Strategy {
  const schema = isObject(openAPISchema) ? openAPISchema : {};
  const validate = (object: Draft, faults: Faults) => {
    check(object, schema, '', faults);
  };
  return {
    statusFixes: 'metadata',
    defaults: (object) => {
      fill(object, schema);
    },
    validate,
    validateStatus: (object, _old, faults) => {
      validate(object, faults);
    },
  };
}

/** Puts in what is absent and has a default, from the outside to the inside. */
function fill(value: DraftJson | undefined, schema: JsonObject): void {
  if (isList(value)) {
    const { items } = schema;
    if (isObject(items)) for (const item of value) fill(item, items);
    return;
  }
  if (!isDraft(value)) return;
  for (const [key, member] of membersOf(schema)) {
    if (value[key] === undefined && member['default'] !== undefined) value[key] = copy(member['default']);
    fill(value[key], member);
  }
}

const membersOf = ({ properties }: JsonObject): readonly (readonly [string, JsonObject])[] =>
  isObject(properties)
    ? Object.entries(properties).flatMap(([key, member]) =>
        isObject(member) ? [[key, member] as const] : [],
      )
    : [];

function check(value: Json, schema: JsonObject, path: string, faults: Faults): void {
  if (isList(value)) checkList(value, schema, path, faults);
  else if (isObject(value)) checkObject(value, schema, path, faults);
  else checkScalar(value, schema, path, faults);
  for (const { message, field } of celFaults(value, schema, path))
    faults.invalid(field, kindOf(value), message);
}

/** As the API server shows what it does not print whole. */
const kindOf = (value: Json): Json => (isList(value) ? 'array' : isObject(value) ? 'object' : value);

function checkObject(value: JsonObject, schema: JsonObject, path: string, faults: Faults): void {
  const { required, additionalProperties: values } = schema;
  for (const key of isList(required) ? required : [])
    if (typeof key === 'string' && value[key] === undefined) faults.required(join(path, key));
  const members = new Map(membersOf(schema));
  for (const [key, child] of Object.entries(value)) {
    const member = members.get(key) ?? values;
    if (child !== undefined && isObject(member) && !isMeta(path, key))
      check(child, member, join(path, key), faults);
  }
}

/** The API server checks these by itself. */
const isMeta = (path: string, key: string): boolean =>
  path === '' && ['apiVersion', 'kind', 'metadata'].includes(key);

function checkList(value: readonly Json[], schema: JsonObject, path: string, faults: Faults): void {
  const { items, minItems, maxItems } = schema;
  if (typeof minItems === 'number' && value.length < minItems)
    faults.invalid(path, value.length, `${path} in body should have at least ${minItems} items`);
  if (typeof maxItems === 'number' && value.length > maxItems) faults.tooMany(path, value.length, maxItems);
  if (isObject(items))
    value.forEach((item, i) => {
      check(item, items, `${path}[${i}]`, faults);
    });
}

function checkScalar(value: Json, schema: JsonObject, path: string, faults: Faults): void {
  const choices = schema['enum'];
  if (isList(choices) && !choices.includes(value))
    faults.unsupported(
      path,
      value,
      choices.filter((one) => typeof one === 'string'),
    );
  if (typeof value === 'string') checkText(value, schema, path, faults);
  if (typeof value === 'number') checkNumber(value, schema, path, faults);
}

function checkText(value: string, schema: JsonObject, path: string, faults: Faults): void {
  const { pattern, minLength, maxLength } = schema;
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value))
    faults.invalid(path, value, `${path} in body should match '${pattern}'`);
  if (typeof minLength === 'number' && value.length < minLength)
    faults.invalid(path, value, `${path} in body should be at least ${minLength} chars long`);
  if (typeof maxLength === 'number' && value.length > maxLength) faults.tooLong(path, maxLength);
}

function checkNumber(value: number, schema: JsonObject, path: string, faults: Faults): void {
  const { minimum, maximum } = schema;
  if (typeof minimum === 'number' && value < minimum)
    faults.invalid(path, value, `${path} in body should be greater than or equal to ${minimum}`);
  if (typeof maximum === 'number' && value > maximum)
    faults.invalid(path, value, `${path} in body should be less than or equal to ${maximum}`);
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);
