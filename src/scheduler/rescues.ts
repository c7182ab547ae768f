import type { Client } from '../kube/client.js';
import { turn, type Clock } from '../telemetry/clock.js';
import type { BoundPod } from './bound-pod.js';
import type { Breakers } from './breakers.js';
import { decide } from './decide.js';
import type { SchedulerNode } from './node.js';
import type { SchedulerObserver } from './observer.js';
import type { SchedulerPod } from './pod.js';
import type { Queue } from './queue.js';
import { rescue } from './rescue.js';
import type { Rooms } from './rooms.js';
import type { Staying, Stuck, Tracker } from './tracker.js';
import type { View } from './view.js';

export interface RescuesDeps {
  /** Fenced by the term. */
  readonly client: Client;
  readonly clock: Clock;
  readonly view: View;
  readonly rooms: Pick<Rooms, 'take' | 'give'>;
  readonly breakers: Pick<Breakers, 'refuses' | 'unsure'>;
  readonly queue: Pick<Queue, 'changed'>;
  readonly tracker: Pick<Tracker, 'stuck' | 'stays'>;
  readonly observer: Pick<SchedulerObserver, 'rescued' | 'stays' | 'rescueFailed'>;
}

/** How often bound pods that do not start are looked at, and how many of them may be moved at once. */
const everyMs = 5000;
const atOnce = 16;

/** A Job's controller makes another pod 10 s after one failed: room is kept for it for so long. */
const replacementMs = 12_000;

/** Takes stuck pods off their nodes until the signal aborts. Never rejects. */
export async function runRescues(deps: RescuesDeps, ended: AbortSignal): Promise<void> {
  const rescueOne = createRescue(deps);
  const isOn = () => !ended.aborted;
  while (isOn()) {
    const stuck = deps.tracker.stuck();
    for (let i = 0; i < stuck.length && isOn(); i += atOnce) {
      await Promise.all(stuck.slice(i, i + atOnce).map(rescueOne));
      await turn();
    }
    await deps.clock.sleep(everyMs, ended);
  }
}

function createRescue(deps: RescuesDeps): (stuck: Stuck) => Promise<void> {
  const { client, clock, breakers, rooms, tracker, observer } = deps;
  /** Half-open breakers behind which a replacement is to go: it is their probe, and one is enough. */
  const probed = new Set<string>();
  const view: View = {
    ...deps.view,
    refuses: (node) => breakers.refuses(node) ?? (isProbed(node) ? breakers.unsure(node) : undefined),
  };

  function isProbed(node: SchedulerNode): boolean {
    if (probed.size === 0) return false;
    const unsure = breakers.unsure(node);
    return unsure !== undefined && probed.has(`${unsure.scope}/${unsure.name}`);
  }

  /** Keeps room for the pod's replacement. */
  function reserve({ uid, requests, hostPorts }: SchedulerPod, node: SchedulerNode): () => void {
    const replacement = `replacement of ${uid}`;
    const unsure = breakers.unsure(node);
    const key = unsure && `${unsure.scope}/${unsure.name}`;
    rooms.take({ uid: replacement, node: node.name, requests, hostPorts });
    if (key !== undefined) probed.add(key);
    return () => {
      rooms.give(replacement);
      if (key !== undefined) probed.delete(key);
      deps.queue.changed();
    };
  }

  function stay(pod: BoundPod, because: string, why: Staying): void {
    if (tracker.stays(pod.uid, why)) observer.stays(pod, because, why);
  }

  /** Only where another place is known: a pod that has none may as well wait where it is. */
  return async ({ pod, because }) => {
    if (pod.pod === undefined) return;
    const elsewhere = decide(pod.pod, view);
    if (elsewhere.kind === 'wait' || elsewhere.node.name === pod.node) {
      stay(pod, because, 'nowhere-to-go');
      return;
    }
    const giveBack = reserve(pod.pod, elsewhere.node);
    try {
      const end = await rescue(client, pod, because, clock.now());
      if (end.kind === 'stays') stay(pod, because, end.because);
      if (end.kind !== 'rescued') giveBack();
      else {
        observer.rescued(pod, because);
        clock.after(replacementMs, giveBack);
      }
    } catch (error) {
      giveBack();
      observer.rescueFailed(pod, error);
    }
  };
}
