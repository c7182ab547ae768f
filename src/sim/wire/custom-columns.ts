import type { Json } from '../../objects/json.js';
import { isObject } from '../../objects/json.js';
import type { CustomKind } from '../kinds/kind.js';
import { isList } from '../store/object.js';
import type { KubeObject } from '../store/object.js';
import type { Columns } from './columns.js';
import { since } from './durations.js';

const tables = new WeakMap<CustomKind, Columns>();

/** The printer columns of a CustomResourceDefinition. */
export function customColumns(kind: CustomKind): Columns {
  const known = tables.get(kind) ?? make(kind);
  tables.set(kind, known);
  return known;
}

function make(kind: CustomKind): Columns {
  const own = kind.columns.length > 0 ? kind.columns : [ageColumn];
  const name = { name: 'Name', type: 'string', format: 'name', priority: 0 };
  return {
    columns: [
      name,
      ...own.map(({ name: title, type, format, priority }) => ({ name: title, type, format, priority })),
    ],
    cells: (object, now) => [
      object.metadata.name,
      ...own.map((column) => cell(valueAt(object, column.jsonPath), column.type, now)),
    ],
  };
}

const ageColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  priority: 0,
  format: '',
  description: '',
};

function cell(value: Json | undefined, type: string, now: number): Json {
  if (value === undefined || value === null) return null;
  if (type === 'date' && typeof value === 'string') return since(value, now);
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** The JSON paths that columns use: members, `[0]`, `[?(@.type=="Ready")]`. */
export function valueAt(object: KubeObject, path: string): Json | undefined {
  const steps = path.match(/\[\?\(@\.[\w.]+==["'][^"']*["']\)\]|\[\d+\]|[^.[\]]+/g) ?? [];
  let here: Json | undefined = object;
  for (const step of steps) here = follow(here, step);
  return here;
}

function follow(value: Json | undefined, step: string): Json | undefined {
  const filter = /^\[\?\(@\.([\w.]+)==["'](.*)["']\)\]$/.exec(step);
  if (isList(value)) {
    if (filter === null) return value[Number(step.slice(1, -1))];
    return value.find((item) => isObject(item) && item[filter[1] ?? ''] === filter[2]);
  }
  return isObject(value) ? value[step] : undefined;
}
