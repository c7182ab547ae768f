import { isActive, isReady, msOf, phaseOf } from '../objects.js';
import type { Condition, Job, JobStatus, Pod } from '../objects.js';
import { addFinished, remainingBackoff } from './backoff.js';
import type { Backoff } from './backoff.js';
import { isPodFailed, judgeFailure, replacesOnlyFailed } from './failures.js';

/** Keeps a finished pod until the Job has counted it (batch/v1 JobTrackingFinalizer). */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking';

export interface JobInput {
  readonly job: Job;
  /** Every pod that the Job controls. */
  readonly pods: readonly Pod[];
  readonly backoff: Backoff;
  readonly now: number;
  /** The cache has seen all that earlier syncs made and deleted. */
  readonly caughtUp: boolean;
}

export interface JobPlan {
  /** Pods to make now. */
  readonly create: number;
  readonly remove: readonly Pod[];
  /** Finished pods to be counted: first written down as uncounted, then freed of the finalizer, then counted. */
  readonly count: {
    readonly succeeded: readonly Pod[];
    readonly failed: readonly Pod[];
    readonly free: readonly Pod[];
  };
  /** How the Job will end, once the last pod is gone; goes into the status as FailureTarget or SuccessCriteriaMet. */
  readonly target: Finish | undefined;
  /** How it has ended. */
  readonly finished: Finish | undefined;
  /** As it should be after `create` and `remove`; without the pods in `count`. */
  readonly active: number;
  readonly ready: number;
  readonly terminating: number;
  readonly backoff: Backoff;
  /** Look again after so many milliseconds. */
  readonly again: number | undefined;
}

export interface Finish {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/** One sync creates or deletes at most so many pods (MaxPodCreateDeletePerSync). */
const mostPods = 500;

/**
 * One sync of a Job that is neither finished nor indexed (pkg/controller/job/job_controller.go syncJob, manageJob).
 */
export function decideJob(input: JobInput): JobPlan {
  const { job, pods, now } = input;
  const active = pods.filter(isActive);
  const counted = count(job, pods);
  const backoff = addFinished(input.backoff, counted.fresh.succeeded, counted.fresh.failed);
  const terminating = pods.filter(isTerminating).length;
  const common = { backoff, terminating, again: deadlineIn(job, now) };
  const failure = targetOf(job) ?? failureOf(job, pods, counted.failed, now);
  if (failure !== undefined) {
    const gone = input.caughtUp && active.length + terminating === 0;
    const end = { target: failure, finished: gone ? failure : undefined, count: toCount(job, pods, true) };
    return { ...common, ...end, create: 0, remove: active, active: 0, ready: 0 };
  }
  const mayMove = input.caughtUp && job.metadata.deletionTimestamp === undefined;
  const move = mayMove ? manage(input, active, counted.succeeded, backoff) : still;
  const left = active.length + move.create - move.remove.length;
  const target = isComplete(job, counted.succeeded, left) ? complete : undefined;
  return {
    ...common,
    ...move,
    count: toCount(job, pods, false),
    again: earlier(common.again, move.again),
    active: left,
    ready: active.filter(isReady).length,
    target,
    finished: terminating === 0 ? target : undefined,
  };
}

interface Counted {
  readonly fresh: Finished;
  readonly succeeded: number;
  /** Those that spend backoffLimit. */
  readonly failed: number;
}

function count(job: Job, pods: readonly Pod[]): Counted {
  const fresh = newlyFinished(job, pods);
  const spent = fresh.failed.filter((pod) => judgeFailure(job.spec.podFailurePolicy, pod).counts);
  const { succeeded = 0, failed = 0 } = job.status ?? {};
  return {
    fresh,
    succeeded: succeeded + uncounted(job, 'succeeded').length + fresh.succeeded.length,
    failed: failed + uncounted(job, 'failed').length + spent.length,
  };
}

export const isFinished = ({ status }: Job): boolean => finishedCondition(status) !== undefined;

export const finishedCondition = (status: JobStatus | undefined): Condition | undefined =>
  status?.conditions?.find(
    ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
  );

/** Milliseconds until a finished Job is to be deleted; undefined: never (pkg/controller/ttlafterfinished). */
export function ttlLeft(job: Job, now: number): number | undefined {
  const { ttlSecondsAfterFinished: ttl } = job.spec;
  const at = msOf(finishedCondition(job.status)?.lastTransitionTime);
  return ttl === undefined || Number.isNaN(at) ? undefined : Math.max(0, at + ttl * 1000 - now);
}

export const hasFinalizer = ({ metadata }: Pod): boolean =>
  metadata.finalizers?.includes(trackingFinalizer) ?? false;

/** `completions` where neither it nor parallelism is given is 1 (pkg/apis/batch/v1 SetDefaults_Job). */
function sizesOf({ spec }: Job): { readonly completions: number | undefined; readonly parallelism: number } {
  const neither = spec.completions === undefined && spec.parallelism === undefined;
  return { completions: neither ? 1 : spec.completions, parallelism: spec.parallelism ?? 1 };
}

const complete: Finish = {
  type: 'Complete',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

const isTerminating = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined && phaseOf(pod) !== 'Succeeded' && phaseOf(pod) !== 'Failed';

const uncounted = (job: Job, what: 'succeeded' | 'failed'): readonly string[] =>
  job.status?.uncountedTerminatedPods?.[what] ?? [];

interface Finished {
  readonly succeeded: readonly Pod[];
  readonly failed: readonly Pod[];
}

/** Finished, still with the finalizer, and not written down yet. */
function newlyFinished(job: Job, pods: readonly Pod[]): Finished {
  const known = new Set([...uncounted(job, 'succeeded'), ...uncounted(job, 'failed')]);
  const fresh = pods.filter((pod) => hasFinalizer(pod) && !known.has(pod.metadata.uid));
  return {
    succeeded: fresh.filter((pod) => phaseOf(pod) === 'Succeeded'),
    failed: fresh.filter((pod) => isPodFailed(pod, job)),
  };
}

function toCount(job: Job, pods: readonly Pod[], failing: boolean): JobPlan['count'] {
  const fresh = newlyFinished(job, pods);
  const counts = fresh.failed.filter((pod) => judgeFailure(job.spec.podFailurePolicy, pod).counts);
  const rest = failing ? pods.filter((pod) => hasFinalizer(pod) && isActive(pod)) : [];
  const done = pods.filter(
    (pod) => hasFinalizer(pod) && (phaseOf(pod) === 'Succeeded' || isPodFailed(pod, job)),
  );
  return { succeeded: fresh.succeeded, failed: [...counts, ...rest], free: [...done, ...rest] };
}

/** A failure that an earlier sync decided. */
function targetOf({ status }: Job): Finish | undefined {
  const found = status?.conditions?.find(({ type, status: is }) => type === 'FailureTarget' && is === 'True');
  return found && { type: 'Failed', reason: found.reason ?? '', message: found.message ?? '' };
}

function failureOf(job: Job, pods: readonly Pod[], failed: number, now: number): Finish | undefined {
  const { podFailurePolicy, backoffLimit = 6, activeDeadlineSeconds } = job.spec;
  const rule = pods
    .filter((pod) => podFailurePolicy !== undefined && isPodFailed(pod, job))
    .map((pod) => judgeFailure(podFailurePolicy, pod).failsJob)
    .find((message) => message !== undefined);
  if (rule !== undefined) return { type: 'Failed', reason: 'PodFailurePolicy', message: rule };
  if (failed > backoffLimit || pastRestarts(job, pods, backoffLimit)) {
    const message = 'Job has reached the specified backoff limit';
    return { type: 'Failed', reason: 'BackoffLimitExceeded', message };
  }
  if (activeDeadlineSeconds !== undefined && deadlineIn(job, now) === 0) {
    const message = 'Job was active longer than specified deadline';
    return { type: 'Failed', reason: 'DeadlineExceeded', message };
  }
  return undefined;
}

/** With restartPolicy OnFailure the restarts of running and pending pods count (pastBackoffLimitOnFailure). */
function pastRestarts(job: Job, pods: readonly Pod[], limit: number): boolean {
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter((pod) => phaseOf(pod) === 'Running' || phaseOf(pod) === 'Pending')
    .flatMap((pod) => [
      ...(pod.status?.initContainerStatuses ?? []),
      ...(pod.status?.containerStatuses ?? []),
    ])
    .reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

function deadlineIn(job: Job, now: number): number | undefined {
  const start = msOf(job.status?.startTime);
  const { activeDeadlineSeconds: deadline } = job.spec;
  if (deadline === undefined || Number.isNaN(start)) return undefined;
  return Math.max(0, start + deadline * 1000 - now);
}

type Move = Pick<JobPlan, 'create' | 'remove' | 'again'>;

const still: Move = { create: 0, remove: [], again: undefined };

function manage(
  { job, pods, now }: JobInput,
  active: readonly Pod[],
  succeeded: number,
  backoff: Backoff,
): Move {
  const want = wanted(job, active.length, succeeded);
  if (active.length > want)
    return {
      ...still,
      remove: removalOrder(active)
        .slice(0, active.length - want)
        .slice(0, mostPods),
    };
  const terminating = replacesOnlyFailed(job) ? pods.filter(isTerminating).length : 0;
  const missing = Math.min(mostPods, want - terminating - active.length);
  if (missing <= 0) return still;
  const wait = remainingBackoff(backoff, now);
  return wait > 0 ? { ...still, again: wait } : { ...still, create: missing };
}

function wanted(job: Job, active: number, succeeded: number): number {
  const { completions, parallelism } = sizesOf(job);
  if (job.spec.suspend === true) return 0;
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** Like the ReplicaSet's order without ranks: what is not assigned, pending or not ready goes first (ActivePods). */
const removalOrder = (pods: readonly Pod[]): readonly Pod[] =>
  [...pods].sort(
    (a, b) =>
      Number(a.spec.nodeName !== undefined) - Number(b.spec.nodeName !== undefined) ||
      Number(isReady(a)) - Number(isReady(b)) ||
      msOf(b.metadata.creationTimestamp) - msOf(a.metadata.creationTimestamp),
  );

function isComplete(job: Job, succeeded: number, active: number): boolean {
  const { completions } = sizesOf(job);
  if (active > 0) return false;
  return completions === undefined ? succeeded > 0 : succeeded >= completions;
}

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
