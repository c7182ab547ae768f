import { AppError } from '../errors.js';
import { deepEqual, type JsonObject } from '../objects/json.js';
import { escapeToken, toPointer } from '../objects/json-pointer.js';
import { objectAt } from '../objects/read.js';
import { recordAnnotation } from '../objects/well-known.js';
import { templateOf, templatePath, type Workload } from '../objects/workload.js';
import { applyPatch } from './apply.js';
import type { Intent } from './intent.js';
import { checkAnnotations, checkObject } from './limits.js';
import { merge } from './merge.js';
import type { Outcome } from './outcome.js';
import { below, type Operation, type Step } from './patch.js';
import { encodeRecord, readRecord, type PlacementRecord } from './record.js';
import { takeBack } from './take-back.js';

/** What is to be done to one object. */
export interface Plan {
  /** Empty: the object is as it should be. */
  readonly operations: readonly Operation[];
  /** The operations as RFC 6902 JSON; empty without any. */
  readonly patch: string;
  readonly outcomes: readonly Outcome[];
  /** The object with the operations applied. */
  readonly result: JsonObject;
}

/**
 * Brings `workload` to what `intent` wants: what its record lists is taken back, the intent is merged into what is
 * left, the new record is written. Without an intent, only the taking back. The operations have been applied here,
 * to `workload.object` itself, so that a patch that does not apply is never sent. `bytes`: of the object, at most.
 *
 * @throws {AppError} object-invalid, patch-invalid, annotations-too-large, object-too-large: no patch then.
 */
export function plan(workload: Workload, intent: Intent | undefined, bytes: number): Plan {
  const record = readRecord(workload.annotations);
  const object = record === undefined ? workload.object : structuredClone(workload.object);
  const undo = record === undefined ? [] : strip(object, workload, record);
  const { operations: added, outcomes } = intent ? place(object, workload, intent) : nothing;
  applyPatch(object, added);

  const all = [...undo, ...added];
  if (record !== undefined) {
    if (deepEqual(workload.object, object)) return done([], outcomes, workload.object);
    applyPatch(workload.object, all);
    if (!deepEqual(workload.object, object)) {
      throw new AppError('patch-invalid', 'the patch does not lead to the object that was planned');
    }
  }
  const planned = done(all, outcomes, workload.object);
  if (added.length > 0) check(planned, workload, bytes);
  return planned;
}

const nothing = { operations: [], outcomes: [] };

/** The missing operations, and the record of them where there are any. */
function place(
  object: JsonObject,
  workload: Workload,
  intent: Intent,
): Pick<Plan, 'operations' | 'outcomes'> {
  const { operations, steps, outcomes } = merge(templateOf(workload.kind, object), workload, intent);
  return steps.length === 0
    ? { operations: [], outcomes }
    : { operations: [...operations, ...write(object, workload, steps, intent)], outcomes };
}

const done = (operations: readonly Operation[], outcomes: readonly Outcome[], result: JsonObject): Plan => ({
  operations,
  patch: operations.length === 0 ? '' : JSON.stringify(operations),
  outcomes,
  result,
});

/** Takes the record's steps and the record itself off `object`. */
function strip(object: JsonObject, workload: Workload, record: PlacementRecord): Operation[] {
  const text = workload.annotations[recordAnnotation] ?? '';
  const own: Step = ['+', `/metadata/annotations/${escapeToken(recordAnnotation)}`, text];
  const made: Step[] = record.madeAnnotations === true ? [['+', '/metadata/annotations', {}]] : [];
  const template = templateOf(workload.kind, object);
  return [
    ...takeBack(object, '', [own]),
    ...takeBack(template, toPointer(templatePath[workload.kind]), record.steps),
    ...takeBack(object, '', made),
  ];
}

/** The record goes on last: on a Pod, the annotations before it are the template's own. */
function write(object: JsonObject, workload: Workload, steps: readonly Step[], intent: Intent): Operation[] {
  const metadata = objectAt(object, 'metadata', '') ?? {};
  const madeByMerge = workload.kind === 'Pod' && steps.some(([, path]) => path === '/metadata/annotations');
  const made = objectAt(metadata, 'annotations', '/metadata') === undefined && !madeByMerge;
  const record: PlacementRecord = {
    v: 1,
    policy: intent.policy,
    providers: intent.providers,
    steps,
    ...(made ? { madeAnnotations: true } : {}),
  };
  const place = below({ pointer: '/metadata/annotations', named: '' }, recordAnnotation);
  const add: Operation = { op: 'add', path: place.pointer, value: encodeRecord(record) };
  return made ? [{ op: 'add', path: '/metadata/annotations', value: {} }, add] : [add];
}

function check({ result, patch }: Plan, workload: Workload, bytes: number): void {
  checkAnnotations(objectAt(result, 'metadata', '') ?? {}, '/metadata');
  const path = toPointer(templatePath[workload.kind]);
  checkAnnotations(objectAt(templateOf(workload.kind, result), 'metadata', path) ?? {}, `${path}/metadata`);
  // A character of the patch is at most three bytes of UTF-8.
  checkObject(result, bytes + patch.length * 3);
}
