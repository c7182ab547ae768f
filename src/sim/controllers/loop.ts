import { createWorkqueue } from '../../kube/workqueue.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import type { Door } from './door.js';
import { createBucket } from './token-bucket.js';
import type { Bucket } from './token-bucket.js';

/** What a controller of the box is made with. */
export interface ControllerDeps {
  readonly door: Door;
  readonly clock: Clock;
  readonly random: Random;
  /** Writes and events of each controller go through a client of its own. */
  readonly limits: Limits;
  /** Keys that each controller works on at a time. */
  readonly workers: number;
}

export interface Limits {
  readonly qps: number;
  readonly burst: number;
}

/** --kube-api-qps, --kube-api-burst and --concurrent-*-syncs of kube-controller-manager. */
export const controllerManagerDefaults = { limits: { qps: 20, burst: 30 }, workers: 5 } as const;

/** A controller's client, with its events. */
export interface Writer {
  /** Settles when the next call may go out. */
  turn(): Promise<void>;
  /** Sent when there is room, and lost where a thousand wait already. */
  event(reason: string): void;
  readonly lost: number;
}

/** client-go tools/record: a broadcaster holds so many events, and one goroutine sends them one by one. */
const mostEvents = 1000;

/**
 * client-go as kube-controller-manager sets it up: one token bucket a controller for everything, events included. That is
 * why events cost a controller with five workers a sixth of its rate.
 */
export function createWriter(deps: Pick<ControllerDeps, 'clock' | 'limits'>): Writer {
  const bucket: Bucket = createBucket(deps.limits, deps.clock);
  let waiting = 0;
  let lost = 0;
  let isSending = false;

  async function send(): Promise<void> {
    isSending = true;
    for (; waiting > 0; waiting -= 1) await bucket.take();
    isSending = false;
  }

  return {
    turn: () => bucket.take(),
    event() {
      if (waiting >= mostEvents) lost += 1;
      else waiting += 1;
      if (!isSending) void send();
    },
    get lost() {
      return lost;
    },
  };
}

export interface Loop {
  add(key: string): void;
  addAfter(key: string, ms: number): void;
}

/** Workers over a queue of keys; what `sync` answers is the wait until the key comes again. */
export function startLoop(
  deps: Pick<ControllerDeps, 'clock' | 'random' | 'workers'>,
  sync: (key: string) => Promise<number | undefined>,
): Loop {
  const queue = createWorkqueue(deps);
  const work = async (): Promise<void> => {
    for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
      const again = await sync(key);
      queue.forget(key);
      queue.done(key);
      if (again !== undefined) queue.addAfter(key, again);
    }
  };
  for (let i = 0; i < deps.workers; i += 1) void work();
  return queue;
}

export const keyOf = ({
  metadata,
}: {
  readonly metadata: { readonly namespace?: string; readonly name: string };
}): string => `${metadata.namespace ?? ''}/${metadata.name}`;

export function splitKey(key: string): readonly [namespace: string, name: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
