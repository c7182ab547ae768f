import type { JsonObject } from '../objects/json.js';
import { objectAt, stringAt } from '../objects/read.js';
import { jobSpecOf, jobSpecPath, templatePath, type Workload } from '../objects/workload.js';
import { toPointer } from '../objects/json-pointer.js';
import { reasons } from '../policy/reasons.js';
import type { Intent } from './intent.js';
import type { Outcome } from './outcome.js';
import { below, PatchBuilder, type Operation, type Place, type Step } from './patch.js';
import { mergeAffinity } from './slots/affinity.js';
import { mergeEnv } from './slots/env.js';
import { mergeMetadata } from './slots/metadata.js';
import { mergePodFailurePolicy } from './slots/pod-failure-policy.js';
import { hasScheduler, mergeScheduler } from './slots/scheduler.js';
import { mergeTolerations } from './slots/tolerations.js';

export interface Merge {
  readonly operations: readonly Operation[];
  /** Below the pod template. */
  readonly steps: readonly Step[];
  /** Below the spec of the Job. */
  readonly jobSteps: readonly Step[];
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
  ];
  const scheduler = mergeScheduler(spec, specPlace, intent, patch);
  const job = mergeJob(spec, specPlace, workload, hasScheduler(scheduler) ? intent : undefined);
  outcomes.push(...scheduler, ...job.outcomes, ...mergeEnv(spec, specPlace, intent, patch));
  for (const { aspect, item, because } of intent.slots.notOffered)
    outcomes.push({ aspect, result: 'not-offered', item, because, why: reasons[because] });
  return {
    operations: [...patch.operations, ...job.patch.operations],
    steps: patch.steps,
    jobSteps: job.patch.steps,
    outcomes,
  };
}

/** What is wanted of the Job around the template, as far as there is one. */
function mergeJob(
  spec: JsonObject,
  { pointer }: Place,
  { kind, object }: Workload,
  intent: Intent | undefined,
): { readonly outcomes: readonly Outcome[]; readonly patch: PatchBuilder } {
  const patch = new PatchBuilder();
  const jobSpec = jobSpecOf(kind, object);
  if (intent === undefined || jobSpec === undefined) return { outcomes: [], patch };
  const place = { pointer: toPointer(jobSpecPath[kind] ?? []), named: '' };
  const restartPolicy = stringAt(spec, 'restartPolicy', pointer);
  return { outcomes: mergePodFailurePolicy(kind, jobSpec, restartPolicy, place, intent, patch), patch };
}
