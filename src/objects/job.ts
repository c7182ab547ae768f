import type { Json, JsonObject } from './json.js';
import { objectsAt, stringAt } from './read.js';
import { disruptionTarget } from './well-known.js';

/** A rule of a Job's `podFailurePolicy`, as far as tidegate writes it (batch/v1 `PodFailurePolicyRule`). */
export interface PodFailureRule {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  /** `status` is filled in as True where it is absent: written out, so that what is stored is what was put in. */
  readonly onPodConditions: readonly {
    readonly type: string;
    readonly status: 'True' | 'False' | 'Unknown';
  }[];
}

/** A pod that was disrupted before it could do its work spends none of `backoffLimit`. */
export const ignoreDisruptions: PodFailureRule = {
  action: 'Ignore',
  onPodConditions: [{ type: disruptionTarget, status: 'True' }],
};

/** `maxPodFailurePolicyRules` of pkg/apis/batch/validation/validation.go. */
export const maxPodFailureRules = 20;

/**
 * What the rules say of a pod that carries DisruptionTarget: the action of the first that asks for the condition, as
 * pkg/controller/job/pod_failure_policy.go goes through them. Undefined: none does.
 *
 * @throws {AppError} object-invalid, where a field that is read has the wrong type. `path` is that of `policy`.
 */
export function onDisruption(policy: JsonObject, path: string): string | undefined {
  const rules = objectsAt(policy, 'rules', path);
  for (const [i, rule] of rules.entries()) {
    const at = `${path}/rules/${i}`;
    const action = stringAt(rule, 'action', at) ?? '';
    if (asksForDisruption(rule, at)) return action;
  }
  return undefined;
}

const asksForDisruption = (rule: JsonObject, at: string): boolean =>
  objectsAt(rule, 'onPodConditions', at).some(
    (pattern) =>
      stringAt(pattern, 'type', at) === disruptionTarget && isTrue(stringAt(pattern, 'status', at)),
  );

/** The API server fills in True. */
const isTrue = (status: Json | undefined): boolean => (status ?? '') === '' || status === 'True';
