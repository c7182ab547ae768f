import { timestamp, childOf } from '../../store/object.js';
import { defaultScheduler } from '../../../objects/well-known.js';
import type { Clock, Random } from '../../../telemetry/clock.js';
import type { Door } from '../door.js';
import { keyOf, splitKey } from '../loop.js';
import type { Limits } from '../loop.js';
import { phaseOf } from '../objects.js';
import type { Pod } from '../objects.js';
import { createBucket } from '../token-bucket.js';
import { place } from './decide.js';
import { createRooms } from './rooms.js';

/** kube-scheduler's own client: --kube-api-qps and --kube-api-burst of its configuration (ClientConnection). */
export const schedulerDefaults: Limits = { qps: 50, burst: 100 };

export interface SchedulerDeps {
  readonly door: Door;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  /** Milliseconds that one pod takes: it is one pod at a time. 3 ms is 330 pods/s; CI floors are 270/s and more. */
  readonly cycleMs: number;
}

/** Back-off of a pod that fits nowhere: 1 s doubling to 10 s (pkg/scheduler/internal/queue). */
const backoff = { firstMs: 1000, mostMs: 10_000 };
/** A pod that fits nowhere is tried again at least so often (DefaultPodMaxInUnschedulablePodsDuration). */
const flushMs = 300_000;

/** kube-scheduler: one pod after the other, binding in parallel within the limits of its client. */
export function startScheduler({ door, clock, limits, cycleMs }: SchedulerDeps): void {
  const rooms = createRooms(door);
  const bucket = createBucket(limits, clock);
  const waiting = new Map<string, Pod>();
  const unschedulable = new Map<
    string,
    { readonly pod: Pod; readonly tries: number; readonly since: number }
  >();
  let isRunning = false;

  door.watch('pods', ({ type, object, previous }) => {
    if (type === 'ADDED' && isOurs(object)) push(object);
    const frees = type === 'DELETED' || hasFinished(object, previous);
    if (frees && object.spec.nodeName !== undefined) retryAll();
    if (type === 'DELETED') forget(object);
  });
  door.watch('nodes', () => {
    retryAll();
  });

  function push(pod: Pod): void {
    waiting.set(keyOf(pod), pod);
    if (!isRunning) void run();
  }

  function forget(pod: Pod): void {
    waiting.delete(keyOf(pod));
    unschedulable.delete(keyOf(pod));
  }

  async function run(): Promise<void> {
    isRunning = true;
    for (const key of waiting.keys()) {
      waiting.delete(key);
      const pod = door.get('pods', ...splitKey(key));
      if (pod === undefined || !isOurs(pod)) continue;
      schedule(pod);
      if (cycleMs > 0) await clock.sleep(cycleMs);
    }
    isRunning = false;
  }

  function schedule(pod: Pod): void {
    const requests = rooms.requestsOf(pod);
    const found = place(pod, requests, rooms.all());
    if (found.node === undefined) {
      void refuse(pod, found.why);
      return;
    }
    unschedulable.delete(keyOf(pod));
    rooms.assume(pod, found.node);
    void bind(pod, found.node);
  }

  async function bind(pod: Pod, node: string): Promise<void> {
    await bucket.take();
    if (door.get('pods', ...splitKey(keyOf(pod))) === undefined) rooms.forget(pod);
    door.bind(pod, node);
  }

  /** The status goes through the same client as binds: what cannot be placed slows down what can. */
  async function refuse(pod: Pod, why: string): Promise<void> {
    const key = keyOf(pod);
    const before = unschedulable.get(key);
    const tries = (before?.tries ?? 0) + 1;
    const entry = { pod, tries, since: clock.now() };
    unschedulable.set(key, entry);
    clock.after(flushMs, () => {
      if (unschedulable.get(key) === entry) push(pod);
    });
    if (before !== undefined) return;
    await bucket.take();
    door.update('pods', pod, (draft) => {
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: why };
      childOf(draft, 'status')['conditions'] = [{ ...condition, lastTransitionTime: timestamp(clock.now()) }];
    });
  }

  /** Something left or a node changed: each goes back to the queue when its back-off is over. */
  function retryAll(): void {
    for (const { pod, tries, since } of unschedulable.values()) {
      const wait = Math.min(backoff.mostMs, backoff.firstMs * 2 ** (tries - 1)) - (clock.now() - since);
      if (wait <= 0) push(pod);
      else
        clock.after(wait, () => {
          if (unschedulable.has(keyOf(pod))) push(pod);
        });
    }
  }
}

const isOurs = ({ spec, metadata }: Pod): boolean =>
  spec.nodeName === undefined &&
  metadata.deletionTimestamp === undefined &&
  (spec.schedulerName ?? defaultScheduler) === defaultScheduler;

const isDone = (pod: Pod): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';
const hasFinished = (pod: Pod, previous: Pod | undefined): boolean =>
  isDone(pod) && previous !== undefined && !isDone(previous);
