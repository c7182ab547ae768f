import type { Client } from '../kube/client.js';
import { createEventRecorder } from '../kube/events.js';
import { karpenterNodePoolLabel } from '../objects/well-known.js';
import { markAnnotations, markFor, ranksPods } from '../placement/mark.js';
import type { Snapshot } from '../placement/snapshot.js';
import type { ClusterView } from '../sources/cluster.js';
import type { Clock, Random } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import { schedulerMetrics, type Registry } from '../telemetry/metrics.js';
import { createScheduler, type Scheduler, type SchedulerDeps } from './index.js';
import type { SchedulerNode } from './node.js';
import { observeScheduler } from './observe.js';
import type { SchedulerPod } from './pod.js';
import { createReporter } from './report.js';

export interface SchedulerProcess {
  readonly client: Client;
  readonly binds: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly options: Pick<SchedulerDeps, 'name' | 'pool' | 'headroom' | 'noProgressMs' | 'inFlight'>;
  /** Unlike that of any other replica. */
  readonly identity: string;
  /** What marks depend on; absent without policies, and then nobody is marked. */
  readonly marks?: {
    readonly view: Pick<ClusterView, 'rivals'>;
    readonly snapshot: () => Snapshot | undefined;
  };
  readonly log: Logger;
  readonly registry: Registry;
  readonly onWatchFault: (error: unknown, during: string) => void;
}

/** The scheduler with all that tells of it. */
export function schedulerOf(deps: SchedulerProcess): Scheduler {
  const { client, clock, random, log } = deps;
  const metrics = schedulerMetrics(deps.registry);
  let isLeading = false;
  const events = createEventRecorder({
    ...{ client, clock, random },
    reporter: { component: deps.options.name, instance: deps.identity },
    onDropped: (why) => {
      metrics.dropped.inc({ what: 'event', why });
    },
  });
  const report = createReporter({
    ...{
      client,
      clock,
      random,
      record: (facts) => {
        events.record(facts);
      },
    },
    onDropped: (why) => {
      metrics.dropped.inc({ what: 'condition', why });
    },
  });
  const scheduler = createScheduler({
    ...{ client, clock, random, binds: deps.binds, ...deps.options },
    marksOf: marksBy(deps.marks),
    observer: observeScheduler({
      ...{ log, report, metrics, onWatchFault: deps.onWatchFault },
      isLeading: () => isLeading,
    }),
  });
  return {
    name: scheduler.name,
    breakers: scheduler.breakers,
    queue: scheduler.queue,
    nodes: scheduler.nodes,
    get hasSynced() {
      return scheduler.hasSynced;
    },
    async observe(signal) {
      await Promise.all([scheduler.observe(signal), events.run(signal)]);
    },
    async lead(term, stop) {
      isLeading = true;
      const reporting = report.run(stop, term.signal);
      await scheduler.lead(term, stop);
      await reporting;
      isLeading = false;
    },
  };
}

/** The mark rides in the Binding, as the webhook would put it in. */
function marksBy(marks: SchedulerProcess['marks']): SchedulerDeps['marksOf'] {
  return (pod: SchedulerPod, { labels, providers }: SchedulerNode) => {
    const snapshot = marks?.snapshot();
    if (snapshot === undefined || providers.length === 0) return {};
    if (pod.hasCost || !ranksPods(pod.owner.kind)) return {};
    const decision = markFor(
      pod.namespace,
      providers.map((provider) => provider.name),
      snapshot,
    );
    if (decision.kind === 'none') return {};
    const byKarpenter = labels[karpenterNodePoolLabel] !== undefined;
    return marks?.view.rivals.of({ ...pod, byKarpenter }) === undefined ? markAnnotations(decision.mark) : {};
  };
}
