import type { Client } from '../kube/client.js';
import { kindOf } from '../kube/errors.js';
import type { EventFacts, Regarding } from '../kube/event-series.js';
import { resources } from '../kube/resource.js';
import { runWorkers } from '../kube/workers.js';
import { createWorkqueue } from '../kube/workqueue.js';
import type { Clock, Random } from '../telemetry/clock.js';

/** What people and the cluster autoscaler are told. Nothing waits for it, and under load it is dropped. */
export interface Reporter {
  scheduled(pod: Named, text: string): void;
  unschedulable(pod: Named, because: string): void;
  warn(pod: Named, reason: string, text: string): void;
  /** Forgets what was told of a pod. */
  forget(uid: string): void;
  /** Writes conditions until the signals abort. Never rejects. */
  run(stop: AbortSignal, drop: AbortSignal): Promise<void>;
}

export interface Named {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface ReporterDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly record: (facts: EventFacts) => void;
  /** Told of each condition that was not written, and why. */
  readonly onDropped: (why: 'full' | 'failed') => void;
}

/** Conditions that may wait to be written: what the lane carries in a minute and a half. */
const capacity = 5000;

/** The message holds counts that change all the time; the condition itself is what others act on. */
const againMs = 60_000;

export function createReporter({ client, clock, random, record, onDropped }: ReporterDeps): Reporter {
  const queue = createWorkqueue({ clock, random });
  const told = new Map<string, { readonly pod: Named; readonly because: string; readonly at: number }>();

  async function write(uid: string): Promise<void> {
    const one = told.get(uid);
    if (one === undefined) return;
    const { pod, because } = one;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: because,
      lastTransitionTime: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
    };
    const body = { metadata: { uid }, status: { conditions: [condition] } };
    const target = { namespace: pod.namespace, name: pod.name, subresource: 'status' };
    try {
      await client.patch(resources.pods, target, { type: 'strategic', body }, { lane: 'status' });
    } catch (error) {
      if (kindOf(error) !== 'not-found' && kindOf(error) !== 'aborted') onDropped('failed');
    }
  }

  return {
    scheduled(pod, text) {
      told.delete(pod.uid);
      record({ regarding: regarding(pod), type: 'Normal', reason: 'Scheduled', message: text });
    },
    unschedulable(pod, because) {
      const before = told.get(pod.uid);
      const now = clock.monotonic();
      if (before !== undefined && (before.because === because || now - before.at < againMs)) return;
      if (queue.depth >= capacity) {
        onDropped('full');
        return;
      }
      told.set(pod.uid, { pod, because, at: now });
      queue.add(pod.uid);
      record({ regarding: regarding(pod), type: 'Warning', reason: 'FailedScheduling', message: because });
    },
    warn(pod, reason, text) {
      record({ regarding: regarding(pod), type: 'Warning', reason, message: text });
    },
    forget(uid) {
      told.delete(uid);
    },
    run: (stop, drop) => runWorkers({ queue, count: 8, work: write, stop, drop }),
  };
}

const regarding = ({ namespace, name, uid }: Named): Regarding => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace,
  name,
  uid,
});
