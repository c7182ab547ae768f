import type { BreakerStanding } from './breaker.js';
import type { Filters } from './filters.js';
import type { SchedulerNode } from './node.js';
import type { Refusals } from './refusals.js';
import type { Rooms } from './rooms.js';
import type { StartUp } from './startup.js';

/** The cluster as it is when a pod is decided on. Nothing of it changes meanwhile. */
export interface View {
  readonly rooms: Pick<Rooms, 'virtual' | 'ordinary'>;
  readonly filters: Filters;
  /** Of ordinary nodes. */
  readonly refusals: Refusals;
  readonly startUp: (node: SchedulerNode) => Pick<StartUp, 'waitMs' | 'level'>;
  /** A breaker that keeps pods off a virtual node. */
  readonly refuses: (node: SchedulerNode) => BreakerStanding | undefined;
  /** The part of an ordinary node that is left free, 0 to 1. */
  readonly headroom: (node: string) => number;
}
