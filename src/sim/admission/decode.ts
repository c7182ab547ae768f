import type { Json, JsonObject } from '../../objects/json.js';
import { isObject } from '../../objects/json.js';
import { goType } from '../kinds/schema.js';
import type { Field, ListSchema, MapSchema, Schema, StructSchema } from '../kinds/schema.js';
import { copy } from '../store/object.js';
import type { Draft, DraftJson } from '../store/object.js';
import { DecodeError, decodeScalar, isZero, zeroOf } from './decode-scalar.js';

export interface Decoded {
  readonly object: Draft;
  /** `unknown field "spec.foo"`: what was left out, in the order met. */
  readonly unknown: readonly string[];
}

/**
 * Reads JSON into a type as the API server's decoder does: unknown fields are left out and reported, `null` counts as
 * absent, zero values that Go would not write are left out, those that it would are put in. The answer is a copy.
 * `verbatim` neither puts in nor leaves out zero values.
 * @throws DecodeError where a value has the wrong type
 */
export function decode(
  schema: StructSchema,
  value: JsonObject,
  { verbatim = false }: { readonly verbatim?: boolean } = {},
): Decoded {
  const unknown: string[] = [];
  const object = decodeStruct(schema, value, { up: undefined, step: '' }, { verbatim, unknown });
  return { object, unknown };
}

/** Where we are: cheap to make, put into words only for a complaint. */
interface Frame {
  readonly up: Frame | undefined;
  /** A field's name, a map's key, or an index. */
  readonly step: string | number;
}

interface Context {
  /** Nothing is put in, and zero values stay: an applied configuration means what it says. */
  readonly verbatim: boolean;
  readonly unknown: string[];
}

function decodeStruct(schema: StructSchema, value: JsonObject, frame: Frame, context: Context): Draft {
  const out: Draft = {};
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    const field = schema.fields.get(key);
    if (field !== undefined) decodeField(out, key, field, member, { schema, frame, context });
    else if (schema.open) out[key] = copy(member);
    else context.unknown.push(`unknown field "${pathOf({ up: frame, step: key })}"`);
  }
  for (const [key, field] of context.verbatim ? [] : writtenAlways(schema)) {
    if (!Object.hasOwn(out, key)) out[key] = absent(field.schema, { up: frame, step: key }, context);
  }
  return out;
}

interface Place {
  readonly schema: StructSchema;
  readonly frame: Frame;
  readonly context: Context;
}

function decodeField(out: Draft, key: string, field: Field, member: Json, place: Place): void {
  if (member === null) return;
  const decoded =
    field.schema.kind === 'scalar'
      ? scalarField(field, member, key, place)
      : decodeCompound(field.schema, member, { up: place.frame, step: key }, place.context, place.schema);
  const kept = place.context.verbatim || field.keepsZero || field.always;
  if (kept || !isZero(field.schema, decoded)) out[key] = decoded;
}

function scalarField(field: Field, member: Json, key: string, place: Place): DraftJson {
  if (field.schema.kind !== 'scalar') return null;
  const decoded = decodeScalar(field.schema.type, member);
  if (decoded !== undefined) return decoded;
  return mismatch(field.schema, member, { up: place.frame, step: key }, place.context, place.schema);
}

function decodeCompound(
  schema: Exclude<Schema, { kind: 'scalar' }>,
  value: Json,
  frame: Frame,
  context: Context,
  holder: StructSchema,
): DraftJson {
  if (schema.kind === 'list') return decodeList(schema, value, frame, context, holder);
  if (!isObject(value)) return mismatch(schema, value, frame, context, holder);
  if (schema.kind === 'struct') return decodeStruct(schema, value, frame, context);
  return decodeMap(schema, value, frame, context, holder);
}

function decodeMap(
  schema: MapSchema,
  value: JsonObject,
  frame: Frame,
  context: Context,
  holder: StructSchema,
): Draft {
  const out: Draft = {};
  for (const key in value) {
    const member = value[key];
    if (member === undefined) continue;
    out[key] = decodeItem(schema.values, member, { up: frame, step: key }, context, holder);
  }
  return out;
}

function decodeList(
  schema: ListSchema,
  value: Json,
  frame: Frame,
  context: Context,
  holder: StructSchema,
): DraftJson {
  if (!Array.isArray(value)) return mismatch(schema, value, frame, context, holder);
  return (value as readonly Json[]).map((item, i) =>
    decodeItem(schema.items, item, { up: frame, step: i }, context, holder),
  );
}

/** A member of a map or list; `null` is the zero value there. */
function decodeItem(
  schema: Schema,
  value: Json,
  frame: Frame,
  context: Context,
  holder: StructSchema,
): DraftJson {
  if (schema.kind !== 'scalar') {
    return decodeCompound(schema, value ?? (schema.kind === 'list' ? [] : {}), frame, context, holder);
  }
  if (value === null) return zeroOf(schema.type);
  const decoded = decodeScalar(schema.type, value);
  return decoded === undefined ? mismatch(schema, value, frame, context, holder) : decoded;
}

const always = new WeakMap<StructSchema, readonly (readonly [string, Field])[]>();

function writtenAlways(schema: StructSchema): readonly (readonly [string, Field])[] {
  const known = always.get(schema);
  if (known !== undefined) return known;
  const found = [...schema.fields].filter(
    ([, field]) => field.always && field.schema.kind !== 'list' && field.schema.kind !== 'map',
  );
  always.set(schema, found);
  return found;
}

function absent(schema: Schema, frame: Frame, context: Context): DraftJson {
  if (schema.kind === 'struct') return decodeStruct(schema, {}, frame, context);
  return schema.kind === 'scalar' ? zeroOf(schema.type) : null;
}

/** A value of a wrong type. @throws DecodeError unless validation is to say so */
function mismatch(
  schema: Schema,
  value: Json,
  frame: Frame,
  context: Context,
  holder: StructSchema,
): DraftJson {
  if (holder.untyped === true && !context.verbatim) return copy(value);
  throw wrongType(schema, value, frame, holder);
}

function wrongType(schema: Schema, value: Json, frame: Frame, holder: StructSchema): DecodeError {
  const kinds = { string: 'string', number: 'number', boolean: 'bool' } as const;
  const came =
    typeof value === 'object' ? (Array.isArray(value) ? 'array' : 'object') : kinds[typeof value as 'string'];
  const path = stepsOf(frame).filter((step) => typeof step === 'string');
  return new DecodeError(
    `json: cannot unmarshal ${came} into Go struct field ${holder.name}.${path.join('.')} of type ${goType(schema)}`,
  );
}

function stepsOf(frame: Frame): (string | number)[] {
  const steps: (string | number)[] = [];
  for (let here = frame; here.up !== undefined; here = here.up) steps.unshift(here.step);
  return steps;
}

function pathOf(frame: Frame): string {
  return stepsOf(frame).reduce<string>(
    (path, step) => (typeof step === 'number' ? `${path}[${step}]` : path === '' ? step : `${path}.${step}`),
    '',
  );
}
