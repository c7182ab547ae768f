import type { Client } from '../kube/client.js';
import { kindOf } from '../kube/errors.js';
import type { EventFacts, Regarding } from '../kube/event-series.js';
import { resources } from '../kube/resource.js';
import { runWorkers } from '../kube/workers.js';
import { createWorkqueue, type Workqueue } from '../kube/workqueue.js';
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
  /** Told of each condition that was not written, and why. One that failed is tried again. */
  readonly onDropped: (why: 'full' | 'failed') => void;
}

/** Conditions that may wait to be written: what the lane carries in a minute and a half. */
const capacity = 5000;

/** The message holds counts that change all the time; the condition itself is what others act on. */
const otherWordsMs = 60_000;
/** The same is told again before its event, which the API server keeps for an hour, is gone. */
const sameWordsMs = 1_800_000;

const backoff = { baseMs: 1000, maxMs: 60_000 };

interface Told {
  readonly pod: Named;
  readonly because: string;
  /** On the monotonic clock. */
  readonly at: number;
  /** In milliseconds since the epoch: when the pod was first told of. */
  readonly since: number;
}

export function createReporter({ client, clock, random, record, onDropped }: ReporterDeps): Reporter {
  const told = new Map<string, Told>();
  /** Only while this process leads. */
  let queue: Workqueue | undefined;

  async function write(uid: string): Promise<void> {
    const one = told.get(uid);
    if (one === undefined) return;
    const { pod, because, since } = one;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: because,
      lastTransitionTime: `${new Date(since).toISOString().slice(0, 19)}Z`,
    };
    const body = { metadata: { uid }, status: { conditions: [condition] } };
    const target = { namespace: pod.namespace, name: pod.name, subresource: 'status' };
    try {
      await client.patch(resources.pods, target, { type: 'strategic', body }, { lane: 'status' });
    } catch (error) {
      if (isOver(error)) return;
      onDropped('failed');
      throw error;
    }
  }

  return {
    scheduled(pod, text) {
      told.delete(pod.uid);
      record({ regarding: regarding(pod), type: 'Normal', reason: 'Scheduled', message: text });
    },
    unschedulable({ namespace, name, uid }, because) {
      if (queue === undefined) return;
      const before = told.get(uid);
      const at = clock.monotonic();
      const quietMs = before?.because === because ? sameWordsMs : otherWordsMs;
      if (before !== undefined && at - before.at < quietMs) return;
      if (queue.depth >= capacity) {
        onDropped('full');
        return;
      }
      const pod = { namespace, name, uid };
      told.set(uid, { pod, because, at, since: before?.since ?? clock.now() });
      queue.add(uid);
      record({ regarding: regarding(pod), type: 'Warning', reason: 'FailedScheduling', message: because });
    },
    warn(pod, reason, text) {
      record({ regarding: regarding(pod), type: 'Warning', reason, message: text });
    },
    forget(uid) {
      told.delete(uid);
    },
    async run(stop, drop) {
      // Another replica may have told otherwise meanwhile.
      told.clear();
      queue = createWorkqueue({ clock, random, backoff });
      await runWorkers({ queue, count: 8, work: write, stop, drop });
      queue = undefined;
    },
  };
}

/** The pod is gone, or the term is. */
const isOver = (error: unknown): boolean =>
  ['not-found', 'conflict', 'aborted'].includes(kindOf(error) ?? '');

const regarding = ({ namespace, name, uid }: Named): Regarding => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace,
  name,
  uid,
});
