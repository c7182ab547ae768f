import { Environment } from '@marcbachmann/cel-js';
import { isObject, type Json, type JsonObject } from '../../../objects/json.js';
import { isList } from '../../store/object.js';
import { celValue } from '../webhooks/conditions.js';

const environment = new Environment({
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
}).registerVariable('self', 'dyn');

/** What the `x-kubernetes-validations` beside one value say against it. Transition rules (`oldSelf`) are left out. */
export function celFaults(
  value: Json,
  { 'x-kubernetes-validations': rules }: JsonObject,
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
