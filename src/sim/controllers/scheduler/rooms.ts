import type { Door } from '../door.js';
import { keyOf } from '../loop.js';
import { phaseOf } from '../objects.js';
import type { Node, Pod } from '../objects.js';
import type { NodeRoom } from './decide.js';
import { amountOf, minus, noAmount, plus, podRequests, quantity } from '../../../objects/resources.js';
import type { Amount } from '../../../objects/resources.js';

/** What is taken of each node, kept up to date: bound pods, and placed ones that are not bound yet. */
export interface Rooms {
  all(): readonly NodeRoom[];
  requestsOf(pod: Pod): Amount;
  assume(pod: Pod, node: string): void;
  forget(pod: Pod): void;
}

class Room implements NodeRoom {
  node: Node;
  allocatable: Amount;
  podLimit: number;
  used: Amount = noAmount;
  pods = 0;
  readonly #labels = new Map<string, Readonly<Record<string, string>>>();
  #list: NodeRoom['podLabels'] | undefined;

  constructor(node: Node) {
    this.node = node;
    const { allocatable } = node.status ?? {};
    this.allocatable = amountOf(allocatable);
    this.podLimit = quantity(allocatable?.['pods']);
  }

  /** Made when it is asked for: pods of Jobs are not spread. */
  get podLabels(): NodeRoom['podLabels'] {
    return (this.#list ??= [...this.#labels.values()]);
  }

  add(pod: Pod, requests: Amount): void {
    this.used = plus(this.used, requests);
    this.pods += 1;
    this.#labels.set(keyOf(pod), pod.metadata.labels ?? {});
    this.#list = undefined;
  }

  take(pod: Pod, requests: Amount): void {
    this.used = minus(this.used, requests);
    this.pods -= 1;
    this.#labels.delete(keyOf(pod));
    this.#list = undefined;
  }
}

export function createRooms(door: Door): Rooms {
  const rooms = new Map<string, Room>();
  const placed = new Map<string, { readonly node: string; readonly requests: Amount }>();
  const amounts = new WeakMap<object, Amount>();
  let list: readonly Room[] | undefined;

  function setNode(node: Node): void {
    const known = rooms.get(node.metadata.name);
    const fresh = new Room(node);
    if (known === undefined) rooms.set(node.metadata.name, fresh);
    else Object.assign(known, { node, allocatable: fresh.allocatable, podLimit: fresh.podLimit });
    list = undefined;
  }

  function assume(pod: Pod, node: string): void {
    const key = keyOf(pod);
    const room = rooms.get(node);
    if (placed.has(key) || room === undefined) return;
    const requests = requestsOf(pod);
    placed.set(key, { node, requests });
    room.add(pod, requests);
  }

  function forget(pod: Pod): void {
    const key = keyOf(pod);
    const was = placed.get(key);
    placed.delete(key);
    if (was !== undefined) rooms.get(was.node)?.take(pod, was.requests);
  }

  function requestsOf(pod: Pod): Amount {
    const known = amounts.get(pod.spec);
    if (known !== undefined) return known;
    const found = podRequests(pod.spec);
    amounts.set(pod.spec, found);
    return found;
  }

  door.all('nodes').forEach(setNode);
  door.watch('nodes', ({ type, object }) => {
    if (type === 'DELETED') rooms.delete(object.metadata.name);
    else setNode(object);
    list = undefined;
  });
  door.watch('pods', ({ type, object }) => {
    const isOver = type === 'DELETED' || phaseOf(object) === 'Succeeded' || phaseOf(object) === 'Failed';
    if (isOver) forget(object);
    else if (object.spec.nodeName !== undefined) assume(object, object.spec.nodeName);
  });

  return { all: () => (list ??= [...rooms.values()]), requestsOf, assume, forget };
}
