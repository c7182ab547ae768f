import type { Json } from '../../objects/json.js';
import { isObject } from '../../objects/json.js';
import { DecodeError } from '../admission/decode-scalar.js';
import { decode } from '../admission/decode.js';
import type { Decoded } from '../admission/decode.js';
import { strategyOf } from '../admission/strategies.js';
import { childOf, textAt } from '../store/object.js';
import type { Draft } from '../store/object.js';
import type { BodyType, Call } from './call.js';
import { badRequest } from './status.js';

/** Reads a body into its type: wrong types are refused, unknown fields by the request's `fieldValidation`. @throws StatusError 400 */
export function readBody(call: Call, type: BodyType, body: Json): Draft {
  if (!isObject(body)) {
    throw badRequest(
      `the object provided is unrecognized (must be of type ${type.kind}): couldn't get version/kind; json parse error`,
    );
  }
  const kind = textAt(body, 'kind') || type.kind;
  const apiVersion = textAt(body, 'apiVersion') || type.apiVersion;
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const where = `${kind} in version "${version}" cannot be handled as a ${type.kind}: `;
  if (kind !== type.kind || apiVersion !== type.apiVersion) {
    throw badRequest(`${where}no kind "${kind}" is registered for version "${apiVersion}"`);
  }
  const { object, unknown } = decodeOrRefuse(type, body, where);
  if (call.fieldValidation === 'Strict' && unknown.length > 0) {
    throw badRequest(`${where}strict decoding error: ${unknown.join(', ')}`);
  }
  if (call.fieldValidation === 'Warn') call.warnings.push(...unknown);
  return typed(type, object);
}

function decodeOrRefuse(type: BodyType, body: Parameters<typeof decode>[1], where: string): Decoded {
  try {
    return decode(type.schema, body);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(`${where}${error.message}`);
    throw error;
  }
}

/** Kind and version first, metadata there. */
export function typed(type: BodyType, object: Draft): Draft {
  childOf(object, 'metadata');
  return { ...object, kind: type.kind, apiVersion: type.apiVersion };
}

/** Fills in the defaults of the call's own kind; bodies of subresources have none. */
export function applyDefaults(call: Call, type: BodyType, object: Draft): void {
  if (type.kind === call.kind.kind) strategyOf(call.kind).defaults?.(object);
}
