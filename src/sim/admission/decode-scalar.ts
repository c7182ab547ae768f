import type { Json } from '../../objects/json.js';
import { canonicalQuantity } from '../kinds/quantity.js';
import type { ScalarType, Schema } from '../kinds/schema.js';
import { copy, timestamp } from '../store/object.js';
import type { DraftJson } from '../store/object.js';

/** The body does not decode: HTTP 400, in the words of Go's decoder. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** @returns undefined where the JSON type is wrong. @throws DecodeError where the text is */
export function decodeScalar(type: ScalarType, value: Json): DraftJson | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'double':
      return typeof value === 'number' ? value : undefined;
    case 'any':
      return copy(value);
    case 'int32':
    case 'int64':
      return integer(type, value);
    default:
      return decodeText(type, value);
  }
}

type TextType = 'quantity' | 'time' | 'microtime' | 'bytes' | 'int-or-string';

function decodeText(type: TextType, value: Json): DraftJson | undefined {
  if (typeof value === 'number' && (type === 'int-or-string' || type === 'quantity')) {
    return type === 'quantity' ? quantity(String(value)) : integer('int32', value);
  }
  return typeof value === 'string' ? texts[type](value) : undefined;
}

const texts: Readonly<Record<TextType, (text: string) => string>> = {
  'int-or-string': (text) => text,
  quantity,
  time,
  microtime,
  bytes,
};

function integer(type: 'int32' | 'int64', value: Json): number | undefined {
  if (typeof value !== 'number') return undefined;
  const limit = type === 'int32' ? 2 ** 31 : 2 ** 63;
  return Number.isInteger(value) && value >= -limit && value < limit ? value : undefined;
}

function quantity(text: string): string {
  const found = canonicalQuantity(text);
  if (found !== undefined) return found;
  throw new DecodeError(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
}

const day = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`;
const wholeSeconds = new RegExp(`^${day}Z$`);
const anySeconds = new RegExp(String.raw`^${day}(\.\d+)?(Z|[+-]\d\d:\d\d)$`);
const microSeconds = new RegExp(String.raw`^(${day})\.(\d{6})(Z|[+-]\d\d:\d\d)$`);

function time(text: string): string {
  const ms = anySeconds.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new DecodeError(
      `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)} as "2006"`,
    );
  }
  return wholeSeconds.test(text) ? text : timestamp(ms);
}

function microtime(text: string): string {
  const found = microSeconds.exec(text);
  const ms = found === null ? Number.NaN : Date.parse(`${found[1] ?? ''}${found[3] ?? ''}`);
  if (Number.isNaN(ms)) {
    const rest = /^.{19}(.*)$/.exec(text)?.[1] ?? text;
    throw new DecodeError(
      `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05.000000Z07:00": cannot parse ${JSON.stringify(rest)} as ".000000"`,
    );
  }
  return `${timestamp(ms).slice(0, -1)}.${found?.[2] ?? ''}Z`;
}

function bytes(text: string): string {
  const wrong = /[^A-Za-z0-9+/=\r\n]/.exec(text);
  if (wrong !== null || text.replace(/[\r\n]/g, '').length % 4 !== 0) {
    throw new DecodeError(`illegal base64 data at input byte ${wrong?.index ?? text.length}`);
  }
  return text;
}

const zeros: Readonly<Record<ScalarType, DraftJson>> = {
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  'int-or-string': 0,
  quantity: '0',
  time: null,
  microtime: null,
  any: null,
  string: '',
  bytes: '',
};

export const zeroOf = (type: ScalarType): DraftJson => zeros[type];

/** What Go's `omitempty` leaves out: '', 0, false, an empty list or map; never a struct. */
export function isZero(schema: Schema, value: DraftJson): boolean {
  if (value === null) return true;
  if (typeof value === 'object')
    return schema.kind !== 'struct' && schema.kind !== 'scalar' && isEmpty(value);
  if (schema.kind === 'scalar' && neverZero.has(schema.type)) return false;
  return value === '' || value === 0 || value === false;
}

const neverZero: ReadonlySet<ScalarType> = new Set(['quantity', 'int-or-string']);

function isEmpty(value: object): boolean {
  for (const key in value) return !Object.hasOwn(value, key);
  return true;
}
