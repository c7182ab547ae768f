import { createRunner } from '../controllers/runner.js';
import type { Client } from '../kube/client.js';
import { ownScheduler } from '../objects/well-known.js';
import { createScheduler } from '../scheduler/index.js';
import type { Scenario } from '../sim/scenario/schema.js';
import type { Clock, Random } from '../telemetry/clock.js';

/** The job scheduler as it is shipped, but for its Lease, its events and its metrics, until the signal aborts. */
export function startOwnScheduler(
  { client, clock, random }: { readonly client: Client; readonly clock: Clock; readonly random: Random },
  signal: AbortSignal,
): void {
  const scheduler = createScheduler({
    ...{ client, binds: client, clock, random, name: ownScheduler, marksOf: () => ({}) },
    pool: { key: 'tidegate.io/fallback', value: 'enabled' },
    ...{ headroom: 0.1, noProgressMs: 60_000, inFlight: 64 },
    observer: {
      ...{ fault: nothing, breaker: nothing, queue: nothing, bound: nothing, notBound: nothing },
      ...{ unschedulable: nothing, accepted: nothing, started: nothing, refused: nothing },
      ...{ rescued: nothing, stays: nothing, rescueFailed: nothing, left: nothing, dropped: nothing },
    },
  });
  const quiet = { onLeading: nothing, onFault: nothing };
  void createRunner({ client, clock, random, controllers: [scheduler], ...quiet }).run(signal);
}

const nothing = (): void => undefined;

/** Whether a policy of it sends pods to the job scheduler. */
export const usesOwnScheduler = ({ spec }: Scenario): boolean =>
  spec.policies.some((policy) => policy.spec.scheduling?.schedulerName === ownScheduler);
