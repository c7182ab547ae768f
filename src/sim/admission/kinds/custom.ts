import { isObject, type JsonObject } from '../../../objects/json.js';
import type { Faults } from '../../api/status.js';
import type { CustomKind } from '../../kinds/kind.js';
import { copy, isDraft, isList, type Draft, type DraftJson } from '../../store/object.js';
import type { Strategy } from '../strategy.js';
import { checkListTypes } from './custom-lists.js';
import { checkRules, hasRules } from './custom-rules.js';
import { checkSchema, membersOf } from './custom-schema.js';

const strategies = new WeakMap<CustomKind, Strategy>();

/** What the OpenAPI schema of a CustomResourceDefinition demands: k8s.io/apiextensions-apiserver/pkg/apiserver. */
export function customStrategy(custom: CustomKind): Strategy {
  const known = strategies.get(custom) ?? make(custom);
  strategies.set(custom, known);
  return known;
}

function make({ openAPISchema }: CustomKind): Strategy {
  const schema = isObject(openAPISchema) ? openAPISchema : {};
  const ruled = hasRules(schema);
  const validate = (object: Draft, old: JsonObject | undefined, faults: Faults) => {
    const before = faults.causes.length;
    checkSchema({ value: object, old, path: '' }, schema, faults);
    checkListTypes(object, old, schema, faults);
    if (!ruled) return;
    if (faults.causes.slice(before).some(({ reason }) => blocking.has(reason)))
      faults.invalid('<nil>', undefined, unchecked);
    else checkRules({ value: object, old, path: '' }, schema, faults);
  };
  return {
    statusFixes: 'metadata',
    defaults: (object) => {
      fill(object, schema);
    },
    validate: (object, faults) => {
      validate(object, undefined, faults);
    },
    validateUpdate: validate,
    validateStatus: validate,
  };
}

/** Rules over what is not even of the right form are not asked: registry/customresource/strategy.go `hasBlockingErr`. */
const blocking: ReadonlySet<string> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const unchecked =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

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
