import type { Clock, Random } from '../telemetry/clock.js';
import { startCronJobs } from './controllers/cronjob/index.js';
import { startDeployments } from './controllers/deployment/index.js';
import type { Door } from './controllers/door.js';
import { startGarbageCollector } from './controllers/garbage.js';
import { startJobs } from './controllers/job/index.js';
import type { Limits } from './controllers/loop.js';
import { startNodeLifecycle } from './controllers/node-lifecycle/index.js';
import { startPodGc } from './controllers/pod-gc/index.js';
import { startReplicaSets } from './controllers/replicaset/index.js';
import type { ScaleDownObserver } from './controllers/replicaset/index.js';
import { startScheduler } from './controllers/scheduler/index.js';

export interface LifeDeps {
  readonly door: Door;
  readonly clock: Clock;
  readonly random: Random;
  /** Of kube-controller-manager. */
  readonly manager: { readonly limits: Limits; readonly workers: number };
  readonly scheduler: { readonly limits: Limits; readonly cycleMs: number };
  readonly renewedAt: (node: string) => number | undefined;
  readonly onScaleDown?: ScaleDownObserver;
}

/** The built-in controllers and the scheduler of a stock cluster, on the objects behind the door. */
export function startLife({
  door,
  clock,
  random,
  manager,
  scheduler,
  renewedAt,
  onScaleDown,
}: LifeDeps): void {
  const deps = { door, clock, random, ...manager };
  startCronJobs(deps);
  startJobs(deps);
  startDeployments(deps);
  startReplicaSets(deps, onScaleDown);
  startGarbageCollector(deps);
  startPodGc(deps);
  startNodeLifecycle({ ...deps, renewedAt });
  startScheduler({ door, clock, random, ...scheduler });
}
