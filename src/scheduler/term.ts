import { fence } from '../kube/fence.js';
import type { Term } from '../kube/lease.js';
import { resources } from '../kube/resource.js';
import { kindOf } from '../kube/errors.js';
import { turn, whenAborted } from '../telemetry/clock.js';
import { decide } from './decide.js';
import type { SchedulerNode } from './node.js';
import type { SchedulerObserver } from './observer.js';
import { place, type PlacerDeps } from './placer.js';
import type { SchedulerPod } from './pod.js';
import type { Queue } from './queue.js';
import { runRescues } from './rescues.js';
import type { View } from './view.js';

export interface SchedulingDeps extends Omit<PlacerDeps, 'observer'> {
  readonly view: View;
  readonly queue: Queue;
  readonly observer: SchedulerObserver;
  /** Bindings under way at once. */
  readonly inFlight: number;
  /** Uids of pods whose Binding was sent, and that no watch has shown on their node yet. */
  readonly unseen: Set<string>;
}

/** Binds and rescues for as long as this process leads. */
export interface Scheduling {
  /** There may be something to do. */
  wake(): void;
  /** Settles when the last write has ended. Never rejects. */
  run(): Promise<void>;
}

/** Pods decided on before the event loop turns: what arrives on sockets is read in between. */
const decisionsPerTurn = 32;

/** A Binding that the watch has not shown by then is read again. */
const unseenMs = 30_000;

export function createScheduling(deps: SchedulingDeps, office: Term, stop: AbortSignal): Scheduling {
  const { clock, queue, view, observer } = deps;
  const client = fence(deps.client, office);
  const placer: PlacerDeps = { ...deps, client };
  const ended = AbortSignal.any([office.signal, stop]);
  const underWay = new Set<Promise<void>>();
  let isPumping = false;

  const isOn = () => !ended.aborted && office.isValid();
  const tell = () => {
    observer.queue({ ready: queue.ready, binding: underWay.size, waiting: queue.waiting });
  };

  async function pump(): Promise<void> {
    if (isPumping) return;
    isPumping = true;
    while (isOn() && queue.ready > 0 && underWay.size < deps.inFlight) {
      for (let i = 0; i < decisionsPerTurn && underWay.size < deps.inFlight; i += 1) {
        const pod = queue.next();
        if (pod === undefined) break;
        consider(pod);
      }
      tell();
      await turn();
    }
    isPumping = false;
  }

  function consider(pod: SchedulerPod): void {
    const decision = decide(pod, view);
    if (decision.kind === 'wait') {
      queue.putBack(pod);
      observer.unschedulable(pod, decision.because);
      return;
    }
    const work = bindOne(pod, decision.node, decision.lane).finally(() => {
      underWay.delete(work);
      if (underWay.size === 0) tell();
      void pump();
    });
    underWay.add(work);
  }

  async function bindOne(
    pod: SchedulerPod,
    node: SchedulerNode,
    lane: 'virtual' | 'ordinary',
  ): Promise<void> {
    deps.unseen.add(pod.uid);
    const result = await place(placer, pod, node, lane);
    if (result.kind !== 'bound') deps.unseen.delete(pod.uid);
    if (result.kind === 'failed') queue.retry(pod);
    else if (result.kind === 'bound') clock.after(unseenMs, () => void settle(pod));
    else queue.remove(pod.uid);
  }

  /** The watch may be behind, or the pod went before it was seen on its node: then its room is free again. */
  async function settle(pod: SchedulerPod): Promise<void> {
    const { namespace, name, uid } = pod;
    if (!isOn() || !deps.unseen.has(uid)) return;
    try {
      const { metadata } = await client.get(resources.pods, { namespace, name });
      if (metadata.uid === uid) clock.after(unseenMs, () => void settle(pod));
      else forget(pod);
    } catch (error) {
      if (kindOf(error) === 'not-found') forget(pod);
      else clock.after(unseenMs, () => void settle(pod));
    }
  }

  function forget(pod: SchedulerPod): void {
    deps.unseen.delete(pod.uid);
    deps.release(pod);
    queue.remove(pod.uid);
  }

  return {
    wake: () => void pump(),
    async run() {
      void pump();
      const rescuing = runRescues({ ...deps, client }, ended);
      await whenAborted(ended);
      await rescuing;
      while (underWay.size > 0) await Promise.all(underWay);
      // Whoever leads next tells of it.
      observer.queue({ ready: 0, binding: 0, waiting: 0 });
    },
  };
}
