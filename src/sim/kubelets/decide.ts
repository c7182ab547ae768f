import { podRequests } from '../../objects/resources.js';
import type { Amount } from '../../objects/resources.js';
import type { Pod } from '../controllers/objects.js';

/** Why a kubelet turns a pod away that a scheduler has bound to it: status.reason of a Failed pod. */
export type Rejection = 'OutOfcpu' | 'OutOfmemory' | 'OutOfpods';

/**
 * The kubelet checks again what the scheduler checked; two schedulers, or a stale cache, may have given the last slot
 * twice (pkg/kubelet/lifecycle/predicate.go). A virtual kubelet checks nothing.
 */
export function rejection(
  requests: Amount,
  node: {
    readonly allocatable: Amount;
    readonly podLimit: number;
    readonly used: Amount;
    readonly pods: number;
  },
): Rejection | undefined {
  if (node.pods + 1 > node.podLimit) return 'OutOfpods';
  if (requests.cpu > 0 && node.used.cpu + requests.cpu > node.allocatable.cpu) return 'OutOfcpu';
  if (requests.memory > 0 && node.used.memory + requests.memory > node.allocatable.memory)
    return 'OutOfmemory';
  return undefined;
}

/** Milliseconds from a pod's acceptance to its running. */
export interface StartTimes {
  /** The image is to be pulled. */
  readonly coldMs: number;
  /** The image, or a snapshot of it, is there. */
  readonly warmMs: number;
  /** Each start takes up to this share more or less. 0..1 */
  readonly jitter: number;
}

export function startDelay(times: StartTimes, warm: boolean, random: number): number {
  const base = warm ? times.warmMs : times.coldMs;
  return Math.round(base * (1 + times.jitter * (2 * random - 1)));
}

/** Sizes that a cloud sells, ascending: a pod gets the smallest that holds it. Cores and GiB. */
export interface Size {
  readonly cores: number;
  readonly gib: number;
}

/**
 * ECI's sizes below 16 cores; a pod is rounded up to one of them and billed so
 * (https://www.alibabacloud.com/help/en/eci/user-guide/specify-the-specifications-of-an-elastic-container-instance).
 */
export const eciSizes: readonly Size[] = [
  ...sizes(0.25, 0.5, 1),
  ...sizes(0.5, 1, 2),
  ...sizes(1, 2, 4, 8),
  ...sizes(2, 4, 8, 16),
  ...sizes(4, 8, 16, 32),
  ...sizes(8, 16, 32, 64),
  ...sizes(16, 32, 64, 128),
];

/** The name of the size that a pod is given, such as `2-4Gi`; undefined: none is big enough. */
export function sizeOf(pod: Pod, sold: readonly Size[] = eciSizes): string | undefined {
  const { cpu, memory } = podRequests(pod.spec);
  const found = sold.find(({ cores, gib }) => cores * 1000 >= cpu && gib * 2 ** 30 >= memory);
  return found && `${found.cores}-${found.gib}Gi`;
}

function sizes(cores: number, ...gibs: readonly number[]): readonly Size[] {
  return gibs.map((gib) => ({ cores, gib }));
}

/** What a cloud has left, by zone and size; a pair that is not listed has no end. */
export interface Stock {
  /** Takes one; false: out of stock. */
  take(zone: string, size: string): boolean;
  give(zone: string, size: string): void;
  /** Sets what is left; undefined: no end. `size` '*' stands for all of the zone together. */
  set(zone: string, size: string, left: number | undefined): void;
}

export function createStock(): Stock {
  const left = new Map<string, number>();
  const keys = (zone: string, size: string): readonly string[] => [`${zone}/${size}`, `${zone}/*`];

  function add(zone: string, size: string, count: number): void {
    for (const key of keys(zone, size)) {
      const now = left.get(key);
      if (now !== undefined) left.set(key, now + count);
    }
  }

  return {
    take(zone, size) {
      if (keys(zone, size).some((key) => (left.get(key) ?? 1) < 1)) return false;
      add(zone, size, -1);
      return true;
    },
    give: (zone, size) => {
      add(zone, size, 1);
    },
    set(zone, size, count) {
      if (count === undefined) left.delete(`${zone}/${size}`);
      else left.set(`${zone}/${size}`, count);
    },
  };
}

/**
 * A failed create, as the virtual-kubelet library writes it: reason ProviderFailed; Failed where the pod never restarts,
 * else Pending, to be tried again (node/pod.go handleProviderError).
 */
export const phaseAfterProviderFailed = (pod: Pod): 'Failed' | 'Pending' =>
  pod.spec.restartPolicy === 'Never' ? 'Failed' : 'Pending';
