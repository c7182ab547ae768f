import type { Cache } from '../kube/cache.js';
import { identityOf, objectKey, type KubeObject } from '../kube/object.js';
import type { Clock } from '../telemetry/clock.js';
import type { SchedulerPod } from './pod.js';
import type { Story } from './story.js';

/** When a Job was due and was seen. Milliseconds since the epoch. */
export interface JobTimes {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly due: number | undefined;
  /** Undefined: it was there before this process. */
  readonly seenAt: number | undefined;
}

/** On Jobs of CronJobs since 1.28: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const dueAnnotation = 'batch.kubernetes.io/cronjob-scheduled-timestamp';

export const toJobTimes =
  (now: () => number | undefined) =>
  ({ metadata }: KubeObject): JobTimes => {
    const due = Date.parse(metadata.annotations?.[dueAnnotation] ?? '');
    return {
      ...identityOf(metadata),
      due: Number.isNaN(due) ? undefined : due,
      seenAt: now(),
    };
  };

/** The times of a pod before its Binding, by this process's clock. */
export interface Times {
  saw(uid: string): void;
  forget(uid: string): void;
  of(pod: SchedulerPod): Pick<Story, 'due' | 'job' | 'seen'>;
}

export function createTimes(jobs: Pick<Cache<JobTimes, never>, 'get'>, clock: Clock): Times {
  const seen = new Map<string, number>();
  return {
    saw: (uid) => void seen.set(uid, Math.round(clock.now())),
    forget: (uid) => void seen.delete(uid),
    of({ uid, namespace, owner }) {
      const job = owner.kind === 'Job' ? jobs.get(objectKey(namespace, owner.name)) : undefined;
      const { due, seenAt } = job?.uid === owner.uid ? job : {};
      return {
        ...(due !== undefined && { due }),
        ...(seenAt !== undefined && { job: Math.round(seenAt) }),
        seen: seen.get(uid) ?? Math.round(clock.now()),
      };
    },
  };
}
