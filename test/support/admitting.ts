import jsonpatch from 'fast-json-patch';
import type { JsonObject } from '../../src/objects/json.js';
import type { Snapshot } from '../../src/placement/snapshot.js';
import { admit, type Admitted } from '../../src/webhook/admit.js';
import { review, type ReviewParts } from './build.js';

export interface Answered extends Pick<Admitted, 'verdict'> {
  readonly response: Admitted['review']['response'];
  /** What was really sent, decoded. */
  readonly operations: readonly jsonpatch.Operation[];
  /** What the API server makes of it: the patch that was sent, applied to what was asked about. */
  readonly result: JsonObject;
}

/** Puts an object before `admit` as the handler does: through text both ways. */
export function admitting(object: JsonObject | null, snapshot: Snapshot, parts: ReviewParts = {}): Answered {
  const text = JSON.stringify(review(object, parts));
  const { verdict, review: sent } = admit(JSON.parse(text), snapshot, Buffer.byteLength(text));
  const { response } = JSON.parse(JSON.stringify(sent)) as Admitted['review'];
  const operations = operationsOf(response);
  // By copy: it puts values in by reference. Own members called __proto__ are nobody's prototype here.
  const { newDocument } = jsonpatch.applyPatch(object, structuredClone(operations), true, false, false);
  return { verdict, response, operations, result: newDocument as JsonObject };
}

export function operationsOf({ patch }: Answered['response']): readonly jsonpatch.Operation[] {
  return patch === undefined
    ? []
    : (JSON.parse(Buffer.from(patch, 'base64').toString()) as jsonpatch.Operation[]);
}
