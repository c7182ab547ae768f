import { isObject, type Json, type JsonObject } from '../../../objects/json.js';
import { Faults } from '../../api/status.js';
import { isList } from '../../store/object.js';
import { keysOf } from './custom-place.js';
import { membersOf } from './custom-schema.js';

/**
 * No item twice in a list of type map or set. What was wrong before may stay so:
 * pkg/apiserver/schema/listtype/validation.go.
 */
export function checkListTypes(value: Json, old: Json | undefined, schema: JsonObject, faults: Faults): void {
  if (old !== undefined) {
    const before = new Faults();
    check(old, schema, '', before);
    if (before.causes.length > 0) return;
  }
  check(value, schema, '', faults);
}

function check(value: Json, schema: JsonObject, path: string, faults: Faults): void {
  if (isList(value)) {
    checkItems(value, schema, path, faults);
    const { items } = schema;
    if (isObject(items))
      value.forEach((item, i) => {
        check(item, items, `${path}[${i}]`, faults);
      });
  } else if (isObject(value)) {
    for (const [key, member] of membersOf(schema)) {
      const child = value[key];
      if (child !== undefined) check(child, member, path === '' ? key : `${path}.${key}`, faults);
    }
  }
}

function checkItems(value: readonly Json[], schema: JsonObject, path: string, faults: Faults): void {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'map' && type !== 'set') return;
  const seen = new Set<string>();
  value.forEach((item, i) => {
    const id = type === 'map' ? keysOf(item, schema) : item;
    const text = JSON.stringify(id);
    if (seen.has(text)) faults.duplicate(`${path}[${i}]`, id);
    seen.add(text);
  });
}
