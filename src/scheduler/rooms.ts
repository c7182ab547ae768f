import { isSameAmount, minus, noAmount, plus, type Amount } from '../objects/resources.js';
import { isVirtual, type SchedulerNode } from './node.js';
import type { HostPort } from './pod.js';

/** What a pod takes of a node. */
export interface Taken {
  readonly uid: string;
  readonly node: string;
  readonly requests: Amount;
  readonly hostPorts: readonly HostPort[];
}

/** A node with what is taken of it: by pods that are seen there, and by those that were just placed there. */
export interface Room {
  readonly node: SchedulerNode;
  readonly used: Amount;
  readonly pods: number;
  readonly hostPorts: readonly HostPort[];
}

/** What is taken of each node. Every operation takes constant time but for host ports, which few pods have. */
export interface Rooms {
  readonly virtual: readonly Room[];
  readonly ordinary: readonly Room[];
  get(node: string): Room | undefined;
  setNode(node: SchedulerNode): void;
  removeNode(name: string): void;
  /** A pod is there, or will be. The same pod on another node moves. */
  take(taken: Taken): void;
  /** Unknown pods are none. */
  give(uid: string): void;
}

interface Usage {
  used: Amount;
  pods: number;
  hostPorts: readonly HostPort[];
}

/** `onFreed` is called when a node may have more room, or is another one. */
export function createRooms(onFreed: () => void = () => undefined): Rooms {
  const nodes = new Map<string, SchedulerNode>();
  /** Of nodes that are not known too: they may come, and their pods are not told again. */
  const usages = new Map<string, Usage>();
  const taken = new Map<string, Taken>();
  let lists: { readonly virtual: readonly Room[]; readonly ordinary: readonly Room[] } | undefined;

  function usageOf(node: string): Usage {
    let usage = usages.get(node);
    if (usage === undefined) usages.set(node, (usage = { used: noAmount, pods: 0, hostPorts: [] }));
    return usage;
  }

  function roomOf(node: SchedulerNode): Room {
    const usage = usageOf(node.name);
    return {
      node,
      get used() {
        return usage.used;
      },
      get pods() {
        return usage.pods;
      },
      get hostPorts() {
        return usage.hostPorts;
      },
    };
  }

  function listed(): NonNullable<typeof lists> {
    if (lists !== undefined) return lists;
    const rooms = [...nodes.values()].map(roomOf);
    lists = {
      virtual: rooms.filter(({ node }) => isVirtual(node)),
      ordinary: rooms.filter(({ node }) => !isVirtual(node)),
    };
    return lists;
  }

  function give(uid: string): void {
    const pod = taken.get(uid);
    if (pod === undefined) return;
    onFreed();
    taken.delete(uid);
    const usage = usageOf(pod.node);
    usage.used = minus(usage.used, pod.requests);
    usage.pods -= 1;
    if (pod.hostPorts.length > 0)
      usage.hostPorts = usage.hostPorts.filter((port) => !pod.hostPorts.includes(port));
    if (usage.pods === 0 && !nodes.has(pod.node)) usages.delete(pod.node);
  }

  return {
    get virtual() {
      return listed().virtual;
    },
    get ordinary() {
      return listed().ordinary;
    },
    get: (name) => {
      const node = nodes.get(name);
      return node && roomOf(node);
    },
    setNode(node) {
      nodes.set(node.name, node);
      lists = undefined;
      onFreed();
    },
    removeNode(name) {
      nodes.delete(name);
      if (usages.get(name)?.pods === 0) usages.delete(name);
      lists = undefined;
      onFreed();
    },
    take(pod) {
      const before = taken.get(pod.uid);
      if (before?.node === pod.node && isSameAmount(before.requests, pod.requests)) return;
      give(pod.uid);
      taken.set(pod.uid, pod);
      const usage = usageOf(pod.node);
      usage.used = plus(usage.used, pod.requests);
      usage.pods += 1;
      if (pod.hostPorts.length > 0) usage.hostPorts = [...usage.hostPorts, ...pod.hostPorts];
    },
    give,
  };
}
