import { isObject, type Json, type JsonObject } from '../../src/objects/json.js';
import { policyOpenApi } from '../../src/policy/openapi.js';
import { reasons } from '../../src/policy/reasons.js';

/** The table of fields in docs/policy.md, from the schema. */
export function renderFields(): string {
  const spec = member(policyOpenApi(), 'spec');
  return table(['field', 'type', 'default', 'meaning'], rowsOf(spec, ''));
}

/** The table of reasons in docs/policy.md. */
export function renderReasons(): string {
  const rows = Object.entries(reasons).map(([id, sentence]) => [code(id), sentence]);
  return table(['reason', 'meaning'], rows);
}

function rowsOf(schema: JsonObject, prefix: string): string[][] {
  const required = new Set((schema['required'] ?? []) as readonly string[]);
  const names = isObject(schema['properties']) ? Object.keys(schema['properties']) : [];
  return names.flatMap((name) => {
    const field = member(schema, name);
    const path = `${prefix}${name}`;
    const row = [code(path), typeOf(field), defaultOf(field, required.has(name)), text(field['description'])];
    return [row, ...rowsBelow(field, path)];
  });
}

/** A label selector is Kubernetes' own: one row is enough. */
function rowsBelow(field: JsonObject, path: string): string[][] {
  if (path.endsWith('elector')) return [];
  return isObject(field['items']) ? rowsOf(field['items'], `${path}[].`) : rowsOf(field, `${path}.`);
}

function typeOf(field: JsonObject): string {
  const { minimum, maximum } = field as { minimum?: number; maximum?: number };
  if (Array.isArray(field['enum'])) return (field['enum'] as string[]).map(code).join(', ');
  if (isObject(field['items'])) return listOf(field['items']);
  if (field['type'] !== 'integer') return text(field['type']);
  if (minimum === -(2 ** 31) && maximum === 2 ** 31 - 1) return 'int32';
  return maximum === 2 ** 31 - 1
    ? `integer ≥ ${minimum ?? ''}`
    : `integer ${minimum ?? ''}..${maximum ?? ''}`;
}

const listOf = (items: JsonObject) =>
  `list of ${Array.isArray(items['enum']) ? (items['enum'] as string[]).map(code).join(', ') : `${text(items['type'])}s`}`;

/** An object that is filled in from its members' defaults has none of its own to tell. */
function defaultOf(field: JsonObject, isRequired: boolean): string {
  if (isRequired) return '**required**';
  const value: Json | undefined = field['default'];
  return value === undefined || JSON.stringify(value) === '{}' ? '' : code(JSON.stringify(value));
}

function member(schema: JsonObject, name: string): JsonObject {
  const found = isObject(schema['properties']) ? schema['properties'][name] : undefined;
  return isObject(found) ? found : {};
}

const code = (value: string) => `\`${value}\``;
const text = (value: unknown) => (typeof value === 'string' ? value : '');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
