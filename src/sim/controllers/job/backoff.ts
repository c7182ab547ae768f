import { msOf } from '../objects.js';
import type { Pod } from '../objects.js';

/** What a Job remembers of its failures between two syncs: only in the controller's memory, as in the real one. */
export interface Backoff {
  /** Since the last success. */
  readonly failures: number;
  /** Milliseconds since the epoch; undefined without a failure. */
  readonly lastFailure: number | undefined;
}

export const noBackoff: Backoff = { failures: 0, lastFailure: undefined };

/** DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff of pkg/controller/job/job_controller.go. */
const firstMs = 10_000;
const mostMs = 600_000;

/** Takes newly finished pods into account (pkg/controller/job/backoff_utils.go newBackoffRecord). */
export function addFinished(before: Backoff, succeeded: readonly Pod[], failed: readonly Pod[]): Backoff {
  if (succeeded.length + failed.length === 0) return before;
  const failures = failed.map(finishedAt).sort((a, b) => a - b);
  if (succeeded.length === 0) {
    return { failures: before.failures + failures.length, lastFailure: failures.at(-1) };
  }
  const lastSuccess = Math.max(...succeeded.map(finishedAt));
  const since = failures.filter((time) => time > lastSuccess);
  return { failures: since.length, lastFailure: since.at(-1) };
}

/** Milliseconds until the next pod may be made: 10 s, doubled with each further failure, 10 min at most. */
export function remainingBackoff({ failures, lastFailure }: Backoff, now: number): number {
  if (failures === 0 || lastFailure === undefined) return 0;
  const wait = Math.min(mostMs, firstMs * 2 ** (failures - 1));
  return Math.max(0, wait - (now - lastFailure));
}

/** Of its containers; else when it stopped being ready; else when its deletion began; else its creation. */
export function finishedAt(pod: Pod): number {
  const found = [containersEnd(pod), readyEnd(pod), deletionStart(pod)].find((ms) => !Number.isNaN(ms));
  return found ?? msOf(pod.metadata.creationTimestamp);
}

function containersEnd({ status }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => msOf(state?.terminated?.finishedAt));
  return ends.length === 0 ? NaN : Math.max(...ends);
}

const readyEnd = ({ status }: Pod): number =>
  msOf(
    status?.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'False')
      ?.lastTransitionTime,
  );

const deletionStart = ({ metadata }: Pod): number =>
  msOf(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
