import type { Json, JsonObject } from '../../../objects/json.js';
import { isObject } from '../../../objects/json.js';
import { DecodeError } from '../../admission/decode-scalar.js';
import { decode } from '../../admission/decode.js';
import type { Decoded } from '../../admission/decode.js';
import { textAt } from '../../store/object.js';
import type { Draft, KubeObject } from '../../store/object.js';
import { typed } from '../body.js';
import type { BodyType, Call } from '../call.js';
import { badRequest, Faults } from '../status.js';
import { applyJsonPatch } from './json.js';
import { applyMergePatch } from './merge.js';
import { applyStrategicPatch } from './strategic.js';

/** Content types of a PATCH; server-side apply goes its own way. */
export const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
export type PatchType = keyof typeof patchTypes;

/**
 * The object after the patch, decoded into its type.
 * @throws StatusError 400 for a patch that cannot be read, 422 for one that does not apply or whose result does not decode
 */
export function patched(
  call: Call,
  type: BodyType,
  current: KubeObject | JsonObject,
  kind: Exclude<PatchType, 'apply'>,
  patch: Json,
): Draft {
  const result = apply(type, current, kind, patch);
  const { object, unknown } = decodeOrRefuse(type, result, kind === 'strategic' ? patch : result);
  if (call.fieldValidation === 'Warn') call.warnings.push(...unknown);
  if (call.fieldValidation === 'Strict' && unknown.length > 0) {
    refuse(kind === 'strategic' ? patch : result, `strict decoding error: ${unknown.join(', ')}`);
  }
  return typed(type, object);
}

function apply(
  type: BodyType,
  current: JsonObject,
  kind: Exclude<PatchType, 'apply'>,
  patch: Json,
): JsonObject {
  if (kind === 'json') return checkedKind(type, applyJsonPatch(current, patch));
  if (!isObject(patch)) throw badRequest('Invalid JSON Patch');
  if (kind === 'merge') return checkedKind(type, applyMergePatch(current, patch));
  return checkedKind(type, applyStrategicPatch(type.schema, current, patch));
}

function checkedKind(type: BodyType, result: Json): JsonObject {
  if (!isObject(result)) throw badRequest('Invalid JSON Patch');
  if (result['kind'] !== type.kind || result['apiVersion'] !== type.apiVersion) {
    refuse(
      result,
      `no kind "${textAt(result, 'kind')}" is registered for version "${textAt(result, 'apiVersion')}"`,
    );
  }
  return result;
}

function decodeOrRefuse(type: BodyType, result: JsonObject, shown: Json): Decoded {
  try {
    return decode(type.schema, result);
  } catch (error) {
    if (error instanceof DecodeError) return refuse(shown, error.message);
    throw error;
  }
}

function refuse(shown: Json, why: string): never {
  const faults = new Faults();
  faults.invalid('patch', JSON.stringify(shown), why);
  faults.check('', '', '');
  throw badRequest(why);
}
