import type { JsonObject } from '../../objects/json.js';
import { maxPodFailureRules, onDisruption } from '../../objects/job.js';
import { objectAt, objectsAt, stringAt } from '../../objects/read.js';
import type { WorkloadKind } from '../../objects/workload.js';
import { reasons } from '../../policy/reasons.js';
import type { Intent } from '../intent.js';
import type { Outcome } from '../outcome.js';
import { below, type PatchBuilder, type Place } from '../patch.js';

/**
 * The rule goes after those of the user: each of them goes on to mean what it meant. A pod that never ran meets no
 * rule about exit codes, so it comes to ours. `place` is that of `jobSpec`; `restartPolicy` is the pod's.
 */
export function mergePodFailurePolicy(
  kind: WorkloadKind,
  jobSpec: JsonObject,
  restartPolicy: string | undefined,
  place: Place,
  intent: Intent,
  patch: PatchBuilder,
): Outcome[] {
  return intent.slots.podFailureRule.flatMap(({ aspect, rule }): Outcome[] => {
    const item = 'podFailurePolicy';
    if (restartPolicy !== 'Never') {
      const because = 'restart-on-failure';
      return [{ aspect, result: 'not-offered', item, because, why: reasons[because] }];
    }
    const policy = objectAt(jobSpec, item, place.pointer);
    const policyPlace = below(place, item);
    const action = policy && onDisruption(policy, policyPlace.pointer);
    if (action === rule.action) return [{ aspect, result: 'already-there', item }];
    const why = action === undefined ? obstacle(kind, jobSpec, place) : `it says ${action} of disruptions`;
    if (why !== undefined) return [{ aspect, result: 'user-wins', item, why }];

    const rules = policy && objectsAt(policy, 'rules', policyPlace.pointer);
    const rulesPlace = below(policyPlace, 'rules');
    patch.ensure(policyPlace, jobSpec[item], 'map');
    patch.ensure(rulesPlace, policy?.['rules'], 'list');
    patch.add(below(rulesPlace, rules?.length ?? 0), rule);
    return [{ aspect, result: 'added', item }, ...replacement(jobSpec, place, aspect, patch)];
  });
}

/** What of the user excludes a rule more. */
function obstacle(kind: WorkloadKind, jobSpec: JsonObject, place: Place): string | undefined {
  const policy = objectAt(jobSpec, 'podFailurePolicy', place.pointer) ?? {};
  const rules = objectsAt(policy, 'rules', `${place.pointer}/podFailurePolicy`);
  if (rules.length >= maxPodFailureRules) return `it has ${rules.length} rules, as many as may be`;
  const replaces = stringAt(jobSpec, replacementField, place.pointer);
  // In a CronJob the API server fills nothing in, so there it is the user's word.
  return kind === 'CronJob' && replaces === replaceEarly
    ? `${replacementField} ${replaceEarly} excludes it`
    : undefined;
}

const replacementField = 'podReplacementPolicy';
const replaceEarly = 'TerminatingOrFailed';

/**
 * With a podFailurePolicy a Job must replace its pods only when they have failed (pkg/apis/batch/validation). The API
 * server has filled in the other way before it asks us (pkg/apis/batch/v1/defaults.go).
 */
function replacement(
  jobSpec: JsonObject,
  place: Place,
  aspect: Outcome['aspect'],
  patch: PatchBuilder,
): Outcome[] {
  if (jobSpec[replacementField] !== replaceEarly) return [];
  patch.replace(below(place, replacementField), 'Failed', replaceEarly);
  return [
    { aspect, result: 'added', item: `${replacementField} Failed`, why: 'podFailurePolicy asks for it' },
  ];
}
