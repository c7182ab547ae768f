import type { Clock } from '../telemetry/clock.js';
import { isOver, type BoundPod } from './bound-pod.js';
import type { Breakers } from './breakers.js';
import type { Headroom } from './headroom.js';
import { isVirtual, type SchedulerNode } from './node.js';
import type { Stays } from './rescue.js';
import type { StartUp } from './startup.js';

export interface TrackerDeps {
  readonly clock: Clock;
  /** What was there before is still being read. */
  readonly isListing: () => boolean;
  readonly nodeOf: (name: string) => SchedulerNode | undefined;
  readonly startUp: (node: SchedulerNode) => StartUp;
  readonly breakers: Pick<Breakers, 'succeeded' | 'failed' | 'lost'>;
  readonly headroom: Headroom;
  readonly observer: TrackerObserver;
  /** Milliseconds without a sign of the kubelet, beyond the wait that was expected, after which a pod is stuck. */
  readonly noProgressMs: number;
}

export interface TrackerObserver {
  accepted(pod: BoundPod, afterBindMs: number): void;
  started(pod: BoundPod, afterAcceptMs: number): void;
  refused(pod: BoundPod): void;
}

/** What becomes of the pods that this scheduler bound, until their kubelets have them. */
export interface Tracker {
  /** A Binding is on its way. */
  binding(uid: string, node: SchedulerNode): void;
  /** It did not come to be. */
  unbound(uid: string): void;
  /** A bound pod as it is now; undefined: it is gone. */
  seen(uid: string, pod: BoundPod | undefined): void;
  /** Pods that ought to go elsewhere: their provider has no stock, or nothing was heard of them, for too long. */
  stuck(): readonly Stuck[];
  /** One that was stuck stays where it is. @returns whether that is news: told once in ten minutes. */
  stays(uid: string, why: Staying): boolean;
  readonly waiting: number;
}

export interface Stuck {
  readonly pod: BoundPod;
  readonly because: string;
}

/** What changes with the nodes is looked at again each time; what hangs on the pod and its owner, with the news. */
export type Staying = Stays | 'nowhere-to-go';

const newsMs = 600_000;

interface Tracked {
  readonly node: SchedulerNode;
  /** That of its node. */
  readonly queue: StartUp;
  /** On the monotonic clock. */
  readonly boundAt: number;
  readonly expectedMs: number;
  acceptedAt: number | undefined;
  pod: BoundPod | undefined;
  /** The breakers have heard of it. */
  isCounted: boolean;
  /** Why it could not go elsewhere when that was last told, and when, on the monotonic clock. */
  stays: { readonly why: Staying; readonly at: number } | undefined;
}

export function createTracker(deps: TrackerDeps): Tracker {
  const { clock, nodeOf, startUp, breakers, headroom, observer } = deps;
  const tracked = new Map<string, Tracked>();

  function begin(uid: string, node: SchedulerNode, boundAt: number): Tracked {
    const queue = startUp(node);
    const one = {
      ...{ node, queue, boundAt, expectedMs: queue.waitMs(), acceptedAt: undefined, pod: undefined },
      ...{ isCounted: false, stays: undefined },
    };
    queue.bound();
    tracked.set(uid, one);
    return one;
  }

  /** Bound before this process began, or by the replica that led before. */
  function taken(uid: string, pod: BoundPod): Tracked | undefined {
    const node = nodeOf(pod.node);
    if (pod.story === undefined || node === undefined) return undefined;
    if (isOver(pod) || pod.progress === 'started') return undefined;
    // Only what was there before this process goes by the clock of whoever bound it.
    const ago = deps.isListing() ? Math.max(0, clock.now() - pod.story.bound) : 0;
    return begin(uid, node, clock.monotonic() - ago);
  }

  function follow(uid: string, one: Tracked, pod: BoundPod): void {
    one.pod = pod;
    if (pod.progress === 'accepted' || pod.progress === 'started') accept(one, pod);
    if (pod.progress === 'started') start(one, pod);
    if (pod.progress === 'no-stock') fail(one, pod.because, true);
    if (pod.progress === 'refused') refuse(one, pod);
    if (pod.progress === 'started' || isOver(pod)) end(uid, one);
  }

  function accept(one: Tracked, pod: BoundPod): void {
    if (one.acceptedAt !== undefined) return;
    one.acceptedAt = clock.monotonic();
    one.queue.accepted();
    breakers.succeeded(one.node, one.boundAt);
    observer.accepted(pod, one.acceptedAt - one.boundAt);
  }

  function start(one: Tracked, pod: BoundPod): void {
    observer.started(pod, clock.monotonic() - (one.acceptedAt ?? one.boundAt));
  }

  /** Once for a pod: one that is stuck and then taken away has failed once. */
  function fail(one: Tracked, because: string, isStock: boolean): void {
    if (one.isCounted || !isVirtual(one.node)) return;
    one.isCounted = true;
    breakers.failed(one.node, one.boundAt, { because, isStock });
  }

  function refuse(one: Tracked, pod: BoundPod): void {
    if (isVirtual(one.node)) fail(one, pod.because, pod.isStock);
    else headroom.raise(one.node.name);
    observer.refused(pod);
  }

  function end(uid: string, one: Tracked): void {
    tracked.delete(uid);
    if (one.acceptedAt === undefined) one.queue.gone();
  }

  const isOldNews = ({ stays }: Tracked): boolean =>
    stays !== undefined && clock.monotonic() - stays.at < newsMs;

  function whyStuck(one: Tracked): string | undefined {
    if (isOldNews(one) && one.stays?.why !== 'nowhere-to-go') return undefined;
    const { pod, boundAt, expectedMs } = one;
    if (pod === undefined || pod.isDeleting || clock.monotonic() - boundAt < expectedMs + deps.noProgressMs)
      return undefined;
    if (pod.progress === 'no-stock') return pod.because;
    if (pod.progress !== 'waiting') return undefined;
    return `its node ${pod.node} has said nothing of it for over ${Math.round(deps.noProgressMs / 1000)} s`;
  }

  return {
    binding(uid, node) {
      begin(uid, node, clock.monotonic());
    },
    unbound(uid) {
      const one = tracked.get(uid);
      if (one === undefined) return;
      end(uid, one);
      breakers.lost(one.node);
    },
    seen(uid, pod) {
      const one = tracked.get(uid) ?? (pod && taken(uid, pod));
      if (one === undefined) return;
      if (pod !== undefined) follow(uid, one, pod);
      else {
        end(uid, one);
        if (one.acceptedAt === undefined) breakers.lost(one.node);
      }
    },
    stuck: () =>
      [...tracked.values()].flatMap((one): Stuck[] => {
        const because = whyStuck(one);
        if (because === undefined || one.pod === undefined) return [];
        fail(one, because, false);
        return [{ pod: one.pod, because }];
      }),
    stays(uid, why) {
      const one = tracked.get(uid);
      if (one === undefined || (isOldNews(one) && one.stays?.why === why)) return false;
      one.stays = { why, at: clock.monotonic() };
      return true;
    },
    get waiting() {
      return tracked.size;
    },
  };
}
