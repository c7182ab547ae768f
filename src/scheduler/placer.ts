import type { Client } from '../kube/client.js';
import type { Clock } from '../telemetry/clock.js';
import { bind, type BindResult } from './bind.js';
import type { Breakers } from './breakers.js';
import type { Lane } from './decide.js';
import type { SchedulerNode } from './node.js';
import type { SchedulerObserver } from './observer.js';
import type { SchedulerPod } from './pod.js';
import type { Rooms } from './rooms.js';
import { writeStory, type Story } from './story.js';
import type { Tracker } from './tracker.js';
import { schedulingAnnotation } from '../objects/well-known.js';

export interface PlacerDeps {
  /** Fenced by the term. */
  readonly client: Client;
  readonly clock: Clock;
  readonly rooms: Rooms;
  /** The Binding did not come to be: what it took is given back, unless the pod is on a node all the same. */
  readonly release: (pod: SchedulerPod) => void;
  readonly breakers: Breakers;
  readonly tracker: Tracker;
  readonly observer: Pick<SchedulerObserver, 'bound' | 'notBound'>;
  /** The mark, where the pod gets one. */
  readonly marksOf: (pod: SchedulerPod, node: SchedulerNode) => Readonly<Record<string, string>>;
  readonly timesOf: (pod: SchedulerPod) => Pick<Story, 'due' | 'job' | 'seen'>;
}

/** Binds one pod to the node that was decided on. While that is under way, what it takes counts as taken. */
export async function place(
  deps: PlacerDeps,
  pod: SchedulerPod,
  node: SchedulerNode,
  lane: Lane,
): Promise<BindResult> {
  const { client, clock, rooms, breakers, tracker, observer } = deps;
  const { uid, namespace, name, requests, hostPorts } = pod;
  rooms.take({ uid, node: node.name, requests, hostPorts });
  breakers.begin(node);
  tracker.binding(uid, node);

  const [provider] = node.providers;
  const story: Story = {
    lane,
    ...(provider && { provider: provider.name }),
    ...deps.timesOf(pod),
    bound: Math.round(clock.now()),
  };
  const startedAt = clock.monotonic();
  const annotations = { ...deps.marksOf(pod, node), [schedulingAnnotation]: writeStory(story) };
  const result = await bind(client, { namespace, name, uid, node: node.name, annotations });
  if (result.kind === 'bound') observer.bound(pod, node.name, story, clock.monotonic() - startedAt);
  else {
    deps.release(pod);
    observer.notBound(pod, lane, result);
  }
  return result;
}
