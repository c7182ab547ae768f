import jsonpatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import type { Json, JsonObject } from '../../../objects/json.js';
import { badRequest, StatusError } from '../status.js';

/** RFC 6902 in memory: what does not apply throws, and nothing is changed in place. */
export function applyOperations(object: JsonObject, operations: readonly Operation[]): Json {
  const document = structuredClone(object);
  return jsonpatch.applyPatch(document, operations, true, true, true).newDocument;
}

/** @throws StatusError 400 for what is no list of operations, 422 for what does not apply */
export function applyJsonPatch(object: JsonObject, patch: Json): Json {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  try {
    return applyOperations(object, patch);
  } catch {
    throw new StatusError(
      422,
      'Invalid',
      'the server rejected our request due to an error in our request',
      {},
    );
  }
}
