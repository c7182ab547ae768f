import { AppError } from '../errors.js';
import { deepEqual, type JsonObject } from '../objects/json.js';
import { toPointer } from '../objects/json-pointer.js';
import { objectAt } from '../objects/read.js';
import { recordAnnotation } from '../objects/well-known.js';
import { templateOf, templatePath, type Workload } from '../objects/workload.js';
import { applyPatch } from './apply.js';
import type { Intent } from './intent.js';
import { checkAnnotations, checkObject } from './limits.js';
import { merge, type Merge } from './merge.js';
import type { Original } from './original.js';
import type { Outcome } from './outcome.js';
import { below, type Operation } from './patch.js';
import { encodeRecord, type PlacementRecord } from './record.js';

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
 * Brings `workload` to what `intent` wants: from its original on, the intent is merged in and the record of that
 * written. Without an intent, only what an earlier placement put in is taken back. The operations have been applied
 * here, to `workload.object` itself, so that a patch that does not apply is never sent. `bytes`: of the object, at
 * most.
 *
 * @throws {AppError} object-invalid, patch-invalid, annotations-too-large, object-too-large: no patch then.
 */
export function plan(
  workload: Workload,
  original: Original,
  intent: Intent | undefined,
  bytes: number,
): Plan {
  const { object } = original.workload;
  const { operations: added, outcomes } = intent ? place(original.workload, intent) : nothing;
  applyPatch(object, added);

  const isReplaced = original.workload !== workload;
  if (isReplaced && deepEqual(workload.object, object)) return done([], outcomes, workload.object);
  // Written as text first: to apply an operation may put its value where a later one fills it.
  const planned = done([...original.undo, ...added], outcomes, workload.object);
  if (isReplaced) {
    applyPatch(workload.object, planned.operations);
    if (!deepEqual(workload.object, object)) {
      throw new AppError('patch-invalid', 'the patch does not lead to the object that was planned');
    }
  }
  if (added.length > 0) check(planned, workload, bytes);
  return planned;
}

const nothing = { operations: [], outcomes: [] };

/** The missing operations, and the record of them where there are any. */
function place(workload: Workload, intent: Intent): Pick<Plan, 'operations' | 'outcomes'> {
  const merged = merge(workload.template, workload, intent);
  const { operations, outcomes } = merged;
  return operations.length === 0
    ? { operations, outcomes }
    : { operations: [...operations, ...write(workload, merged, intent)], outcomes };
}

const done = (operations: readonly Operation[], outcomes: readonly Outcome[], result: JsonObject): Plan => ({
  operations,
  patch: operations.length === 0 ? '' : JSON.stringify(operations),
  outcomes,
  result,
});

/** The record goes on last: on a Pod, the annotations before it are the template's own. */
function write(
  { object, kind }: Workload,
  { steps, jobSteps }: Pick<Merge, 'steps' | 'jobSteps'>,
  intent: Intent,
): Operation[] {
  const metadata = objectAt(object, 'metadata', '');
  const isMade = (path: string) => kind === 'Pod' && steps.some(([, at]) => at === path);
  const made =
    objectAt(metadata ?? {}, 'annotations', '/metadata') === undefined && !isMade('/metadata/annotations');
  const record: PlacementRecord = {
    v: 1,
    policy: intent.policy,
    providers: intent.providers,
    steps,
    ...(jobSteps.length > 0 ? { jobSteps } : {}),
    ...(made ? { madeAnnotations: true } : {}),
  };
  const place = below({ pointer: '/metadata/annotations', named: '' }, recordAnnotation);
  const add: Operation = { op: 'add', path: place.pointer, value: encodeRecord(record) };
  return [
    ...(metadata === undefined && !isMade('/metadata') ? [addMap('/metadata')] : []),
    ...(made ? [addMap('/metadata/annotations')] : []),
    add,
  ];
}

const addMap = (path: string): Operation => ({ op: 'add', path, value: {} });

function check({ result, patch }: Plan, workload: Workload, bytes: number): void {
  checkAnnotations(objectAt(result, 'metadata', '') ?? {}, '/metadata');
  const path = toPointer(templatePath[workload.kind]);
  checkAnnotations(objectAt(templateOf(workload.kind, result), 'metadata', path) ?? {}, `${path}/metadata`);
  // A character of the patch is at most three bytes of UTF-8.
  checkObject(result, bytes + patch.length * 3);
}
