import { isObject, type Json, type JsonObject } from '../../../objects/json.js';
import type { Faults } from '../../api/status.js';
import { isList } from '../../store/object.js';
import { isUntouched, itemPlace, memberPlace, type Place } from './custom-place.js';

/** What the OpenAPI schema says against a value, in the words of k8s.io/kube-openapi/pkg/validation. */
export function checkSchema(place: Place, schema: JsonObject, faults: Faults): void {
  if (isUntouched(place)) return;
  const { value, path } = place;
  checkType(value, schema, path, faults);
  if (isList(value)) checkList({ ...place, value }, schema, faults);
  else if (isObject(value)) checkObject({ ...place, value }, schema, faults);
  else checkScalar(value, schema, path, faults);
}

export const membersOf = ({ properties }: JsonObject): readonly (readonly [string, JsonObject])[] =>
  isObject(properties)
    ? Object.entries(properties).flatMap(([key, member]) =>
        isObject(member) ? [[key, member] as const] : [],
      )
    : [];

/** The schema of each member that is there; the API server checks apiVersion, kind and metadata by itself. */
export function membersIn(
  value: JsonObject,
  schema: JsonObject,
  path: string,
): readonly (readonly [string, Json, JsonObject])[] {
  const members = new Map(membersOf(schema));
  const own = path === '' ? ['apiVersion', 'kind', 'metadata'] : [];
  return Object.entries(value).flatMap(([key, child]) => {
    const member = members.get(key) ?? schema['additionalProperties'];
    return child === undefined || !isObject(member) || own.includes(key)
      ? []
      : [[key, child, member] as const];
  });
}

function checkType(value: Json, schema: JsonObject, path: string, faults: Faults): void {
  const { type } = schema;
  const came = typeOf(value);
  if (typeof type !== 'string' || schema['x-kubernetes-int-or-string'] === true || path === '') return;
  if (came !== type && !(type === 'number' && came === 'integer')) faults.typeInvalid(path, came, type);
}

function typeOf(value: Json): string {
  if (isList(value)) return 'array';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  return value === null ? 'null' : typeof value;
}

function checkObject(place: Place & { readonly value: JsonObject }, schema: JsonObject, faults: Faults) {
  const { value, path } = place;
  const { required } = schema;
  for (const key of isList(required) ? required : [])
    if (typeof key === 'string' && value[key] === undefined)
      faults.required(path === '' ? key : `${path}.${key}`);
  for (const [key, child, member] of membersIn(value, schema, path))
    checkSchema(memberPlace(place, key, child), member, faults);
}

function checkList(place: Place & { readonly value: readonly Json[] }, schema: JsonObject, faults: Faults) {
  const { value, path } = place;
  const { items, minItems, maxItems } = schema;
  if (typeof minItems === 'number' && value.length < minItems)
    faults.invalid(path, value.length, `${path} in body should have at least ${minItems} items`);
  if (typeof maxItems === 'number' && value.length > maxItems) faults.tooMany(path, value.length, maxItems);
  if (isObject(items))
    value.forEach((item, i) => {
      checkSchema(itemPlace(place, schema, item, i), items, faults);
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
