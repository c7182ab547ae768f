import { cloneJson } from '../objects/json.js';
import { escapeToken, toPointer } from '../objects/json-pointer.js';
import { recordAnnotation } from '../objects/well-known.js';
import { jobSpecOf, jobSpecPath, readWorkload, templatePath, type Workload } from '../objects/workload.js';
import type { Operation, Step } from './patch.js';
import { readRecord } from './record.js';
import { takeBack } from './take-back.js';

/**
 * A workload without what an earlier placement put in, and the operations that lead there. Decisions are about this
 * one: a wish of ours that is still in it is no wish of the user.
 */
export interface Original {
  /** The very workload that came in, where it carries no record. */
  readonly workload: Workload;
  readonly undo: readonly Operation[];
}

/** @throws {AppError} object-invalid, where a field that is read has the wrong type. */
export function originalOf(workload: Workload): Original {
  const record = readRecord(workload.annotations);
  if (record === undefined) return { workload, undo: [] };
  const object = cloneJson(workload.object);
  const copy = readWorkload(workload.kind, object, workload.namespace);
  const text = workload.annotations[recordAnnotation] ?? '';
  const own: Step = ['+', `/metadata/annotations/${escapeToken(recordAnnotation)}`, text];
  const jobSpec = jobSpecOf(workload.kind, object) ?? {};
  const made: Step[] = record.madeAnnotations === true ? [['+', '/metadata/annotations', {}]] : [];
  const undo = [
    ...takeBack(object, '', [own]),
    ...takeBack(object, '', made),
    ...takeBack(jobSpec, toPointer(jobSpecPath[workload.kind] ?? []), record.jobSteps ?? []),
    ...takeBack(copy.template, toPointer(templatePath[workload.kind]), record.steps),
  ];
  return { workload: readWorkload(workload.kind, object, workload.namespace), undo };
}
