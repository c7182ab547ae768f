import type { Clock, Random } from '../../telemetry/clock.js';
import type { Door } from '../controllers/door.js';
import { keyOf, splitKey } from '../controllers/loop.js';
import { phaseOf } from '../controllers/objects.js';
import type { Pod } from '../controllers/objects.js';
import { amountOf, noAmount, plus, podRequests, quantity } from '../../objects/resources.js';
import { createBucket } from '../controllers/token-bucket.js';
import { phaseAfterProviderFailed, rejection, sizeOf, startDelay } from './decide.js';
import type { StartTimes, Stock } from './decide.js';
import { createPodWriter, exitAnnotation, runTime } from './pods.js';

export interface KubeletDeps {
  readonly door: Door;
  readonly clock: Clock;
  readonly random: Random;
  readonly node: string;
  readonly times: StartTimes;
  /** Milliseconds that a pod runs whose containers end and that does not say it itself. Default: without end. */
  readonly jobMs?: number;
  /** A machine checks what it has room for; a virtual node asks its cloud. */
  readonly cloud?: Cloud;
  /** Told when the kubelet, or the cloud behind it, has taken a pod. */
  readonly onAccepted?: (pod: Pod) => void;
}

export interface Cloud {
  readonly zone: string;
  readonly stock: Stock;
  /** Pods, and as many statuses, a second that the virtual kubelet handles, and how many at once. */
  readonly acceptance: { readonly burst: number; readonly perSecond: number };
  /** Images, or snapshots of disks with them, that the cloud keeps: shared by the provider's nodes. */
  readonly images: Set<string>;
  /** Shown on a pod that the cloud has no stock for, such as ECI's ContainerInstanceCreated. */
  readonly outOfStock?: { readonly type: string; readonly reason: string };
}

/** The virtual-kubelet library's queues: burst 100, then 10 a second, one bucket a queue (internal/queue). */
export const virtualKubeletAcceptance = { burst: 100, perSecond: 10 } as const;

/** A pod that a virtual kubelet could not create comes again after 5 ms, doubled each time, 20 times (node/pod.go). */
const retry = { firstMs: 5, mostMs: 1_000_000, times: 20 };

export interface Kubelet {
  /** Stops or resumes everything that the kubelet does. */
  setDown(isDown: boolean): void;
}

/** One node's kubelet, ordinary or virtual. */
export function startKubelet(deps: KubeletDeps): Kubelet {
  const { door, clock, random, node, cloud, onAccepted = () => undefined } = deps;
  const writer = createPodWriter(door, clock);
  const images = cloud?.images ?? new Set<string>();
  const limits =
    cloud === undefined ? noLimit : { qps: cloud.acceptance.perSecond, burst: cloud.acceptance.burst };
  const podBucket = createBucket(limits, clock);
  const statusBucket = createBucket(limits, clock);
  const sizes = new Map<string, string>();
  let isDown = false;

  door.watch('pods', ({ type, object, previous }) => {
    if (object.spec.nodeName !== node) return;
    if (type === 'DELETED') release(object);
    else if (previous?.spec.nodeName === undefined) void take(object, 0);
    else if (isLeaving(object) && !isLeaving(previous)) void stop(object);
    else if (isOver(object) && !isOver(previous)) release(object);
  });

  async function take(pod: Pod, tries: number): Promise<void> {
    await podBucket.take();
    const now = current(pod);
    if (now === undefined || isLeaving(now) || isOver(now) || isDown) return;
    if (cloud !== undefined && !create(cloud, now, tries)) return;
    const refused = cloud === undefined ? refusal(now) : undefined;
    if (refused !== undefined) {
      writer.failed(now, refused, `Pod was rejected: Node didn't have enough resource`);
      return;
    }
    onAccepted(now);
    const warm = imagesOf(now).every((image) => images.has(image));
    const delay = startDelay(deps.times, warm, random());
    clock.after(delay, () => void started(now));
  }

  function create({ zone, stock, outOfStock }: Cloud, pod: Pod, tries: number): boolean {
    const size = sizeOf(pod) ?? 'none';
    if (stock.take(zone, size)) {
      sizes.set(pod.metadata.uid, size);
      return true;
    }
    const message = `the specified instance is out of stock: ${size} in ${zone}`;
    if (outOfStock !== undefined) writer.condition(pod, outOfStock.type, 'False', outOfStock.reason);
    if (phaseAfterProviderFailed(pod) === 'Failed') {
      writer.failed(pod, 'ProviderFailed', message);
      return false;
    }
    if (tries === 0) writer.note(pod, 'ProviderFailed', message);
    const wait = Math.min(retry.mostMs, retry.firstMs * 2 ** tries);
    if (tries < retry.times) clock.after(wait, () => void take(pod, tries + 1));
    return false;
  }

  function refusal(pod: Pod): string | undefined {
    const { allocatable } = door.get('nodes', '', node)?.status ?? {};
    const others = door
      .podsOn(node)
      .filter((other) => other.metadata.uid !== pod.metadata.uid && !isOver(other));
    const used = others.map(({ spec }) => podRequests(spec)).reduce(plus, noAmount);
    const room = {
      allocatable: amountOf(allocatable),
      podLimit: quantity(allocatable?.['pods']),
      used,
      pods: others.length,
    };
    return rejection(podRequests(pod.spec), room);
  }

  async function started(pod: Pod): Promise<void> {
    await statusBucket.take();
    imagesOf(pod).forEach((image) => images.add(image));
    if (isDown) return;
    writer.running(pod);
    const ms = runTime(pod) ?? (endsByItself(pod) ? deps.jobMs : undefined);
    if (ms !== undefined) clock.after(ms, () => void finish(pod));
  }

  async function finish(pod: Pod): Promise<void> {
    await statusBucket.take();
    const now = current(pod);
    if (now === undefined || isLeaving(now) || isDown) return;
    writer.finished(now, Number(pod.metadata.annotations?.[exitAnnotation] ?? 0));
  }

  /** Containers of the model end a second after they are told to. */
  async function stop(pod: Pod): Promise<void> {
    await clock.sleep(1000);
    await statusBucket.take();
    if (isDown) return;
    const now = current(pod);
    if (now !== undefined && !isOver(now)) writer.finished(now, 143);
    if (now !== undefined) writer.gone(now);
  }

  function release(pod: Pod): void {
    const size = sizes.get(pod.metadata.uid);
    sizes.delete(pod.metadata.uid);
    if (size !== undefined) cloud?.stock.give(cloud.zone, size);
  }

  function current(pod: Pod): Pod | undefined {
    const now = door.get('pods', ...splitKey(keyOf(pod)));
    return now?.metadata.uid === pod.metadata.uid ? now : undefined;
  }

  return {
    setDown: (down) => {
      isDown = down;
    },
  };
}

const noLimit = { qps: 0, burst: 0 };
const isLeaving = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;
const isOver = (pod: Pod): boolean => phaseOf(pod) === 'Succeeded' || phaseOf(pod) === 'Failed';
const imagesOf = ({ spec }: Pod): readonly string[] =>
  (spec.containers ?? []).map(({ image }) => image ?? '');

const endsByItself = ({ spec: { restartPolicy = 'Always' } }: Pod): boolean => restartPolicy !== 'Always';
