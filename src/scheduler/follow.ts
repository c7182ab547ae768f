import { isOver } from './bound-pod.js';
import type { Breakers } from './breakers.js';
import type { SchedulerObserver } from './observer.js';
import type { Queue } from './queue.js';
import type { Rooms } from './rooms.js';
import type { Times } from './times.js';
import type { Tracker } from './tracker.js';
import type { Watches } from './watches.js';

export interface FollowDeps {
  readonly watches: Watches;
  readonly rooms: Rooms;
  readonly queue: Queue;
  readonly times: Times;
  readonly tracker: Tracker;
  readonly breakers: Pick<Breakers, 'forget'>;
  /** Uids of pods whose Binding was sent, and that no watch has shown on their node yet. */
  readonly unseen: Set<string>;
  readonly observer: Pick<SchedulerObserver, 'left'>;
  readonly onNodeGone: (name: string) => void;
}

/** Keeps what decisions are made of in step with what the watches show. */
export function follow(deps: FollowDeps): void {
  followNodes(deps);
  followUnbound(deps);
  followBound(deps);
  followOthers(deps);
}

function followNodes({ watches, rooms, queue, tracker, breakers, onNodeGone }: FollowDeps): void {
  watches.nodes.subscribe(({ before, after }) => {
    if (after !== undefined) {
      rooms.setNode(after);
      // Pods may be listed before their node is.
      if (before === undefined)
        for (const pod of watches.bound.by('node', after.name)) tracker.seen(pod.uid, pod);
    } else if (before !== undefined) {
      rooms.removeNode(before.name);
      breakers.forget(before.name);
      onNodeGone(before.name);
    }
    queue.changed();
  });
}

function followUnbound({ watches, queue, times, observer }: FollowDeps): void {
  watches.unbound.subscribe(({ before, after }) => {
    if (before !== undefined && before.uid !== after?.uid) {
      queue.remove(before.uid);
      times.forget(before.uid);
      observer.left(before.uid);
    }
    if (after === undefined) return;
    if (before?.uid !== after.uid) times.saw(after.uid);
    queue.put(after);
  });
}

function followBound({ watches, rooms, queue, tracker, unseen }: FollowDeps): void {
  watches.bound.subscribe(({ before, after }) => {
    if (before !== undefined && before.uid !== after?.uid) {
      rooms.give(before.uid);
      tracker.seen(before.uid, undefined);
    }
    if (after !== undefined) {
      unseen.delete(after.uid);
      if (isOver(after)) rooms.give(after.uid);
      else rooms.take(after);
      tracker.seen(after.uid, after);
    }
    if (after === undefined || isOver(after)) queue.changed();
  });
}

function followOthers({ watches, rooms, queue }: FollowDeps): void {
  watches.others.subscribe(({ before, after }) => {
    if (before !== undefined) rooms.give(before.uid);
    if (after !== undefined) rooms.take(after);
    else queue.changed();
  });
}
