import type { ContainerStatus, Job, Pod, PodFailurePolicy } from '../objects.js';
import { phaseOf } from '../objects.js';

/** What becomes of one failed pod. */
export interface FailureOutcome {
  /** It spends one of backoffLimit. */
  readonly counts: boolean;
  /** The Job ends as failed, with this message. */
  readonly failsJob?: string;
}

/**
 * A pod is failed in phase Failed; one that is being deleted too, unless the Job waits for the phase: with
 * `podReplacementPolicy: Failed` or a podFailurePolicy (pkg/controller/job/job_controller.go isPodFailed).
 */
export function isPodFailed(pod: Pod, job: Job): boolean {
  if (phaseOf(pod) === 'Failed') return true;
  if (replacesOnlyFailed(job)) return false;
  return pod.metadata.deletionTimestamp !== undefined && phaseOf(pod) !== 'Succeeded';
}

/** A replacement waits until the old pod has failed (job_controller.go onlyReplaceFailedPods). */
export const replacesOnlyFailed = ({ spec }: Job): boolean =>
  spec.podReplacementPolicy === 'Failed' || spec.podFailurePolicy !== undefined;

/** The first rule that matches decides; without one the failure counts (pod_failure_policy.go matchPodFailurePolicy). */
export function judgeFailure(policy: PodFailurePolicy | undefined, pod: Pod): FailureOutcome {
  for (const [index, rule] of (policy?.rules ?? []).entries()) {
    const because = rule.onExitCodes ? exitCodeMatch(rule.onExitCodes, pod) : conditionMatch(rule, pod);
    if (because === undefined) continue;
    if (rule.action === 'Ignore') return { counts: false };
    if (rule.action === 'FailJob') {
      return { counts: true, failsJob: `${because} matching FailJob rule at index ${index}` };
    }
    return { counts: true };
  }
  return { counts: true };
}

type Rule = PodFailurePolicy['rules'][number];

function exitCodeMatch(wanted: NonNullable<Rule['onExitCodes']>, pod: Pod): string | undefined {
  const { containerName, operator, values } = wanted;
  const found = containersOf(pod).find(({ name, state }) => {
    const code = state?.terminated?.exitCode ?? 0;
    if (code === 0 || (containerName ?? name) !== name) return false;
    return values.includes(code) === (operator === 'In');
  });
  if (found === undefined) return undefined;
  const code = found.state?.terminated?.exitCode ?? 0;
  return `Container ${found.name} for pod ${keyOf(pod)} failed with exit code ${code}`;
}

const containersOf = ({ status }: Pod): readonly ContainerStatus[] => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

function conditionMatch(rule: Rule, pod: Pod): string | undefined {
  const found = pod.status?.conditions?.find(({ type, status }) =>
    rule.onPodConditions?.some((wanted) => wanted.type === type && (wanted.status ?? 'True') === status),
  );
  return found && `Pod ${keyOf(pod)} has condition ${found.type}`;
}

const keyOf = ({ metadata }: Pod): string => `${metadata.namespace ?? ''}/${metadata.name}`;
