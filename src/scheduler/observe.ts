import { messageOf } from '../errors.js';
import { kindOf } from '../kube/errors.js';
import type { Logger } from '../telemetry/logger.js';
import type { SchedulerMetrics } from '../telemetry/metrics.js';
import type { BoundPod } from './bound-pod.js';
import { breakerStates } from './breaker.js';
import type { SchedulerObserver } from './observer.js';
import type { Reporter } from './report.js';
import type { Story } from './story.js';
import type { Staying } from './tracker.js';

export interface ObserveDeps {
  readonly log: Logger;
  readonly metrics: SchedulerMetrics;
  readonly report: Reporter;
  /** Pods that a standby sees are the leader's to tell of. */
  readonly isLeading: () => boolean;
  readonly onWatchFault: (error: unknown, during: string) => void;
}

/** What is told: events to people, metrics to alerts, and the log only of what is out of the ordinary. */
export function observeScheduler(deps: ObserveDeps): SchedulerObserver {
  const { log, metrics, report, isLeading } = deps;
  const stage = (name: string, lane: string, ms: number) => {
    metrics.stages.observe({ stage: name, lane }, Math.max(0, ms) / 1000);
  };

  return {
    fault: deps.onWatchFault,
    breaker({ scope, name, state, because }, before) {
      metrics.transitions.inc({ scope, state });
      if (scope === 'node' && state === 'closed') metrics.breaker.remove({ scope, name });
      else metrics.breaker.set({ scope, name }, breakerStates.indexOf(state));
      if (isLeading()) log.warn({ scope, name, state, before, because }, 'breaker');
    },
    queue({ ready, binding, waiting }) {
      metrics.pending.set({ queue: 'ready' }, ready);
      metrics.pending.set({ queue: 'binding' }, binding);
      metrics.pending.set({ queue: 'waiting' }, waiting);
    },
    bound(pod, node, story, bindMs) {
      const { lane, provider } = story;
      metrics.attempts.inc({ lane, result: 'bound' });
      metrics.bind.observe({ lane }, bindMs / 1000);
      for (const [name, ms] of stagesOf(story)) stage(name, lane, ms);
      const where = provider === undefined ? 'an ordinary node' : `a virtual node of ${provider}`;
      report.scheduled(pod, `Successfully assigned ${pod.namespace}/${pod.name} to ${node}, ${where}`);
    },
    notBound({ namespace, name }, lane, result) {
      if (result.kind !== 'failed') {
        metrics.attempts.inc({ lane, result: result.kind });
        return;
      }
      if (kindOf(result.error) === 'aborted') return;
      metrics.attempts.inc({ lane, result: 'error' });
      log.warn({ pod: `${namespace}/${name}`, error: messageOf(result.error) }, 'bind failed');
    },
    unschedulable(pod, because) {
      metrics.attempts.inc({ lane: 'none', result: 'unschedulable' });
      report.unschedulable(pod, because);
    },
    accepted({ story }, afterBindMs) {
      if (story !== undefined) stage('accepted', story.lane, afterBindMs);
    },
    started({ story }, afterAcceptMs) {
      if (story !== undefined) stage('started', story.lane, afterAcceptMs);
    },
    refused(pod) {
      metrics.refused.inc({ lane: laneOf(pod), cause: pod.isStock ? 'stock' : 'rejected' });
      if (isLeading()) report.warn(pod, 'PlacementRefused', `${pod.node} turned it away: ${pod.because}`);
    },
    rescued(pod, because) {
      metrics.rescues.inc({ result: 'rescued' });
      report.warn(pod, 'PlacementFailed', `Taken off ${pod.node}: ${because}`);
      log.info({ pod: `${pod.namespace}/${pod.name}`, node: pod.node, because }, 'taken off a node');
    },
    stays(pod, because, why) {
      metrics.rescues.inc({ result: why });
      report.warn(pod, 'WaitingOnNode', `${because}; it stays on ${pod.node}: ${staysTexts[why]}`);
    },
    rescueFailed({ namespace, name }, error) {
      if (kindOf(error) === 'aborted') return;
      metrics.rescues.inc({ result: 'failed' });
      log.warn({ pod: `${namespace}/${name}`, error: messageOf(error) }, 'rescue failed');
    },
    left(uid) {
      report.forget(uid);
    },
    dropped(what, why) {
      metrics.dropped.inc({ what, why });
    },
  };
}

const staysTexts: Readonly<Record<Staying, string>> = {
  'restarts-in-place': 'its restartPolicy is not Never, so that a replacement would count against the Job',
  'would-count':
    "the Job's podFailurePolicy does not ignore DisruptionTarget, so that a replacement would count",
  'no-owner': 'nobody would make another one',
  'nowhere-to-go': 'no other node takes it now',
};

const laneOf = ({ story }: BoundPod): string => story?.lane ?? 'none';

/** The stages that the scheduler itself can see: each from the one before. */
function stagesOf({ due, job, seen, bound }: Story): readonly (readonly [string, number])[] {
  return [
    ...(due !== undefined && job !== undefined ? [['job', job - due] as const] : []),
    ...(job !== undefined ? [['pod', seen - job] as const] : []),
    ['bound', bound - seen],
  ];
}
