import type { Clock } from '../telemetry/clock.js';
import type { SchedulerPod } from './pod.js';

/** Pods that are to be bound: by priority, then by age. Each is in it once, by its uid. */
export interface Queue {
  /** A pod that is new, or has changed. One that is held leaves. */
  put(pod: SchedulerPod): void;
  remove(uid: string): void;
  /** The first that is ready; it is in work until it is removed, put back, or changes. */
  next(): SchedulerPod | undefined;
  /** No node takes it: back, for when something has changed, after a wait that grows: 1 s doubled to 10 s. */
  putBack(pod: SchedulerPod): void;
  /** Its Binding failed: back, for when that wait is over. */
  retry(pod: SchedulerPod): void;
  /** Something has changed: those that were put back are tried again when their wait is over. */
  changed(): void;
  readonly ready: number;
  readonly waiting: number;
}

interface Entry {
  /** Which came first, where ages are alike: they are whole seconds. */
  readonly number: number;
  pod: SchedulerPod;
  state: 'ready' | 'in-work' | 'waiting';
  tries: number;
  /** On the monotonic clock. */
  retryAt: number;
  /** Tried again by then even where nothing is known to have changed. */
  anywayAt: number;
}

/** As kube-scheduler's podInitialBackoffSeconds and podMaxBackoffSeconds. */
const backoff = { firstMs: 1000, mostMs: 10_000 };
/** Half a minute where kube-scheduler has five: a cloud gets stock without telling. */
const anywayMs = 30_000;
const lookMs = 1000;
/** Entries that have left and are not swept yet. */
const slack = 1000;

export function createQueue(clock: Clock, onReady: () => void): Queue {
  const entries = new Map<string, Entry>();
  /** The first to be taken is at the end. */
  let sorted: Entry[] = [];
  let incoming: Entry[] = [];
  const counts = { ready: 0, waiting: 0 };
  let hasChanged = false;
  let serial = 0;
  let cancelLook: (() => void) | undefined;

  function become(entry: Entry, state: Entry['state']): void {
    if (entry.state !== 'in-work') counts[entry.state] -= 1;
    entry.state = state;
    if (state !== 'in-work') counts[state] += 1;
    if (state === 'ready') incoming.push(entry);
  }

  function leave(entry: Entry): void {
    if (entry.state !== 'in-work') counts[entry.state] -= 1;
    entries.delete(entry.pod.uid);
    if (sorted.length + incoming.length > 2 * counts.ready + slack) sweep();
  }

  /** Nobody takes pods from the queue of a replica that stands by. */
  function sweep(): void {
    sorted = sorted.filter(isReady);
    incoming = incoming.filter(isReady);
  }

  const isReady = (entry: Entry): boolean => entry.state === 'ready' && entries.get(entry.pod.uid) === entry;

  function waitAgain({ uid }: SchedulerPod, hasFailed: boolean): void {
    const entry = entries.get(uid);
    if (entry?.state !== 'in-work') return;
    const now = clock.monotonic();
    entry.retryAt = now + Math.min(backoff.mostMs, backoff.firstMs * 2 ** entry.tries);
    entry.anywayAt = hasFailed ? entry.retryAt : now + anywayMs;
    entry.tries += 1;
    become(entry, 'waiting');
    lookLater();
  }

  function lookLater(): void {
    cancelLook ??= clock.after(lookMs, look);
  }

  function look(): void {
    cancelLook = undefined;
    const now = clock.monotonic();
    for (const entry of entries.values()) {
      if (entry.state !== 'waiting') continue;
      if ((hasChanged && now >= entry.retryAt) || now >= entry.anywayAt) become(entry, 'ready');
    }
    const early = [...entries.values()].some(({ state, retryAt }) => state === 'waiting' && now < retryAt);
    hasChanged &&= early;
    if (counts.waiting > 0) lookLater();
    if (counts.ready > 0) onReady();
  }

  return {
    put(pod) {
      const known = entries.get(pod.uid);
      if (pod.isHeld) {
        if (known !== undefined) leave(known);
        return;
      }
      if (known !== undefined) {
        known.pod = pod;
        if (known.state !== 'waiting') return;
        become(known, 'ready');
      } else {
        const now = clock.monotonic();
        const entry: Entry = {
          number: (serial += 1),
          pod,
          state: 'in-work',
          tries: 0,
          retryAt: now,
          anywayAt: now,
        };
        entries.set(pod.uid, entry);
        become(entry, 'ready');
      }
      onReady();
    },
    remove(uid) {
      const known = entries.get(uid);
      if (known !== undefined) leave(known);
    },
    next() {
      if (incoming.length > 0) {
        sorted = [...sorted, ...incoming].sort(byTurn);
        incoming = [];
      }
      for (let entry = sorted.pop(); entry !== undefined; entry = sorted.pop()) {
        if (!isReady(entry)) continue;
        become(entry, 'in-work');
        return entry.pod;
      }
      return undefined;
    },
    putBack(pod) {
      waitAgain(pod, false);
    },
    retry(pod) {
      waitAgain(pod, true);
    },
    changed() {
      hasChanged = true;
    },
    get ready() {
      return counts.ready;
    },
    get waiting() {
      return counts.waiting;
    },
  };
}

/** Those whose turn comes later first. */
const byTurn = (a: Entry, b: Entry): number =>
  a.pod.priority - b.pod.priority || b.pod.createdAt - a.pod.createdAt || b.number - a.number;
