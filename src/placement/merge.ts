import type { JsonObject } from '../objects/json.js';
import { objectAt } from '../objects/read.js';
import { templatePath, type Workload } from '../objects/workload.js';
import { toPointer } from '../objects/json-pointer.js';
import { reasons } from '../policy/reasons.js';
import type { Intent } from './intent.js';
import type { Outcome } from './outcome.js';
import { below, PatchBuilder, type Operation, type Step } from './patch.js';
import { mergeAffinity } from './slots/affinity.js';
import { mergeEnv } from './slots/env.js';
import { mergeMetadata } from './slots/metadata.js';
import { mergeScheduler } from './slots/scheduler.js';
import { mergeTolerations } from './slots/tolerations.js';

export interface Merge {
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
  readonly outcomes: readonly Outcome[];
}

/**
 * Intent × template → the few operations that are missing, each wish with its outcome. Reads only; additive but for
 * overridden variables, agents' addresses and what the API server had filled in; `merge(merge(x)) = merge(x)`.
 *
 * @throws {AppError} object-invalid, where a field that is read has the wrong type.
 */
export function merge(template: JsonObject, workload: Workload, intent: Intent): Merge {
  const patch = new PatchBuilder();
  const place = { pointer: toPointer(templatePath[workload.kind]), named: '' };
  const specPlace = below(place, 'spec');
  const spec = objectAt(template, 'spec', place.pointer) ?? {};

  const outcomes = [
    ...mergeTolerations(spec, specPlace, intent, workload.kind === 'Pod', patch),
    ...mergeAffinity(spec, specPlace, intent, patch),
    ...mergeMetadata(template, place, intent, workload, patch),
    ...mergeScheduler(spec, specPlace, intent, patch),
    ...mergeEnv(spec, specPlace, intent, patch),
    ...intent.slots.notOffered.map(({ aspect, item, because }): Outcome => ({
      aspect,
      result: 'not-offered',
      item,
      why: reasons[because],
    })),
  ];
  return { operations: patch.operations, steps: patch.steps, outcomes };
}
