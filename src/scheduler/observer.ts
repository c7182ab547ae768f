import type { ListWatchDeps } from '../kube/list-watch.js';
import type { BindResult } from './bind.js';
import type { BoundPod } from './bound-pod.js';
import type { BreakerListener } from './breakers.js';
import type { Lane } from './decide.js';
import type { SchedulerPod } from './pod.js';
import type { Story } from './story.js';
import type { Staying } from './tracker.js';

/** For the log, the metrics and the events. Nothing of it may throw. */
export interface SchedulerObserver {
  readonly fault: NonNullable<ListWatchDeps<never>['onFault']>;
  readonly breaker: BreakerListener;
  /** How many are to be bound, are being bound, and fit nowhere. */
  queue(counts: { readonly ready: number; readonly binding: number; readonly waiting: number }): void;
  bound(pod: SchedulerPod, node: string, story: Story, bindMs: number): void;
  notBound(pod: SchedulerPod, lane: Lane, result: Exclude<BindResult, { kind: 'bound' }>): void;
  unschedulable(pod: SchedulerPod, because: string): void;
  accepted(pod: BoundPod, afterBindMs: number): void;
  started(pod: BoundPod, afterAcceptMs: number): void;
  refused(pod: BoundPod): void;
  rescued(pod: BoundPod, because: string): void;
  stays(pod: BoundPod, because: string, why: Staying): void;
  rescueFailed(pod: BoundPod, error: unknown): void;
  /** A pod of this scheduler is not to be bound any more. */
  left(uid: string): void;
  dropped(what: 'event' | 'condition', why: 'full' | 'failed'): void;
}
