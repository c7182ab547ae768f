import type { Client } from '../kube/client.js';
import type { Term } from '../kube/lease.js';
import { objectKey } from '../kube/object.js';
import type { Clock, Random } from '../telemetry/clock.js';
import { isOver } from './bound-pod.js';
import { createBreakers, type Breakers } from './breakers.js';
import { createFilters } from './filters.js';
import { follow } from './follow.js';
import { createHeadroom } from './headroom.js';
import type { PoolLabel } from './node.js';
import type { SchedulerObserver } from './observer.js';
import type { PlacerDeps } from './placer.js';
import type { SchedulerPod } from './pod.js';
import { createQueue } from './queue.js';
import { createRefusals } from './refusals.js';
import { createRooms, type Room } from './rooms.js';
import type { StartUp } from './startup.js';
import { createStartUps } from './startups.js';
import { createScheduling, type Scheduling } from './term.js';
import { createTimes } from './times.js';
import { createTracker } from './tracker.js';
import type { View } from './view.js';
import { createWatches, podKey } from './watches.js';

export interface SchedulerDeps {
  /** Reads, and writes but Bindings. */
  readonly client: Client;
  /** Over connections of its own. */
  readonly binds: Client;
  readonly clock: Clock;
  readonly random: Random;
  /** `spec.schedulerName` of the pods that it binds. */
  readonly name: string;
  /** The label of ordinary nodes that it may fall back to. */
  readonly pool: PoolLabel;
  /** The part of each of them that it leaves free, 0 to 1. */
  readonly headroom: number;
  /** Milliseconds without a sign of the kubelet, beyond the wait that was expected, after which a pod is stuck. */
  readonly noProgressMs: number;
  /** Bindings under way at once. */
  readonly inFlight: number;
  readonly observer: SchedulerObserver;
  readonly marksOf: PlacerDeps['marksOf'];
}

export interface Scheduler {
  readonly name: string;
  observe(signal: AbortSignal): Promise<void>;
  readonly hasSynced: boolean;
  lead(term: Term, stop: AbortSignal): Promise<void>;
  readonly breakers: Pick<Breakers, 'standings'>;
  /** Pods that are to be bound, by queue. */
  readonly queue: () => { readonly ready: number; readonly waiting: number };
  readonly nodes: () => readonly NodeStanding[];
}

/** A virtual node as the scheduler sees it. */
export interface NodeStanding {
  readonly name: string;
  readonly provider: string;
  readonly zone: string;
  readonly pods: number;
  /** Bound there, and not yet taken by its kubelet. */
  readonly outstanding: number;
  /** Pods a second that it takes, by the preset and what was learned. */
  readonly perSecond: number;
}

/** Binds the pods of one scheduler name in parallel: to virtual nodes first, else to ordinary ones of a pool. */
export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { clock, observer } = deps;
  const watches = createWatches(deps);
  const refusals = createRefusals();
  const onFreed = () => {
    refusals.clear();
  };
  const rooms = createRooms(onFreed);
  const startUps = createStartUps(clock);
  const headroom = createHeadroom(deps.headroom, clock, onFreed);
  const times = createTimes(watches.jobs, clock);
  const unseen = new Set<string>();
  let term: Scheduling | undefined;
  const queue = createQueue(clock, () => term?.wake());
  const breakers = createBreakers(clock, (standing, before) => {
    observer.breaker(standing, before);
    queue.changed();
  });
  const tracker = createTracker({
    ...{ clock, breakers, headroom, observer, noProgressMs: deps.noProgressMs },
    isListing: () => !watches.hasSynced,
    nodeOf: (name) => watches.nodes.get(objectKey('', name)),
    startUp: (node) => startUps.of(node),
  });
  follow({
    ...{ watches, rooms, queue, times, tracker, breakers, unseen, observer },
    onNodeGone: (name) => {
      startUps.forget(name);
    },
  });
  const view: View = {
    rooms,
    refusals,
    filters: createFilters(),
    startUp: (node) => startUps.of(node),
    refuses: (node) => breakers.refuses(node),
    headroom: (node) => headroom.of(node),
  };
  const release = (pod: SchedulerPod) => {
    rooms.give(pod.uid);
    const there = watches.bound.get(podKey(pod));
    if (there?.uid !== pod.uid) tracker.unbound(pod.uid);
    else if (!isOver(there)) rooms.take(there);
    queue.changed();
  };

  return {
    name: 'scheduler',
    breakers,
    queue: () => ({ ready: queue.ready, waiting: queue.waiting }),
    nodes: () => rooms.virtual.map((room) => standingOf(room, startUps.of(room.node))),
    observe: (signal) => watches.run(signal),
    get hasSynced() {
      return watches.hasSynced;
    },
    async lead(office, stop) {
      const ended = AbortSignal.any([office.signal, stop]);
      // What is taken of the nodes is not known before.
      while (!watches.hasSynced && !ended.aborted) await clock.sleep(20, ended);
      const { marksOf, inFlight, binds: client } = deps;
      const timesOf = (pod: SchedulerPod) => times.of(pod);
      const parts = { clock, rooms, breakers, tracker, observer, view, queue, release, unseen };
      term = createScheduling({ ...parts, client, marksOf, timesOf, inFlight }, office, stop);
      await term.run();
      term = undefined;
    },
  };
}

function standingOf({ node, pods }: Room, { outstanding, perSecond }: StartUp): NodeStanding {
  const [provider] = node.providers;
  return { name: node.name, provider: provider?.name ?? '', zone: node.zone, pods, outstanding, perSecond };
}
