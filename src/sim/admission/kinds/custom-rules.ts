import { Environment } from '@marcbachmann/cel-js';
import { isObject, type Json, type JsonObject } from '../../../objects/json.js';
import type { Faults } from '../../api/status.js';
import { isList } from '../../store/object.js';
import { celValue } from '../webhooks/conditions.js';
import { isUntouched, itemPlace, memberPlace, type Place } from './custom-place.js';
import { membersIn, membersOf } from './custom-schema.js';

const environment = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
}).registerVariable('self', 'dyn');

/** Whether there is a rule anywhere in the schema. */
export function hasRules(schema: JsonObject): boolean {
  const { items, additionalProperties: values } = schema;
  const below = [...membersOf(schema).map(([, member]) => member), items, values];
  return isList(schema[rulesKey]) || below.some((one) => isObject(one) && hasRules(one));
}

/** What the `x-kubernetes-validations` say against a value. Transition rules (`oldSelf`) are left out. */
export function checkRules(place: Place, schema: JsonObject, faults: Faults): void {
  if (isUntouched(place)) return;
  const { value, path } = place;
  for (const { message, field } of celFaults(value, schema, path)) faults.plainInvalid(field, message);
  if (isList(value)) {
    const { items } = schema;
    if (isObject(items))
      value.forEach((item, i) => {
        checkRules(itemPlace(place, schema, item, i), items, faults);
      });
  } else if (isObject(value)) {
    for (const [key, child, member] of membersIn(value, schema, path))
      checkRules(memberPlace(place, key, child), member, faults);
  }
}

const rulesKey = 'x-kubernetes-validations';

function celFaults(
  value: Json,
  { [rulesKey]: rules }: JsonObject,
  path: string,
): readonly { readonly field: string; readonly message: string }[] {
  if (!isList(rules)) return [];
  return rules.flatMap((rule) => {
    if (!isObject(rule)) return [];
    const { rule: expression, message, fieldPath } = rule;
    if (typeof expression !== 'string' || /\boldSelf\b/.test(expression) || holds(expression, value))
      return [];
    const field = typeof fieldPath === 'string' ? `${path}${fieldPath}` : path;
    return [{ field, message: typeof message === 'string' ? message : `failed rule: ${expression}` }];
  });
}

/** A rule that fails to be evaluated refuses the object, as in the API server. */
function holds(expression: string, value: Json): boolean {
  try {
    return environment.parse(expression)({ self: celValue(value) }) === true;
  } catch {
    return false;
  }
}
