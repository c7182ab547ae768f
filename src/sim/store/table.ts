import { keyOfObject } from './object.js';
import type { KubeObject } from './object.js';

/** The objects of one resource by key, with the keys kept in order. */
export class Table {
  readonly #objects = new Map<string, KubeObject>();
  #keys: string[] = [];
  /** All objects in order, until the next write. */
  #all: readonly KubeObject[] | undefined;

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): KubeObject | undefined {
    return this.#objects.get(key);
  }

  set(key: string, object: KubeObject): void {
    if (!this.#objects.has(key)) this.#keys.splice(firstNotBelow(this.#keys, key), 0, key);
    this.#objects.set(key, object);
    this.#all = undefined;
  }

  delete(key: string): void {
    if (this.#objects.delete(key)) this.#keys.splice(firstNotBelow(this.#keys, key), 1);
    this.#all = undefined;
  }

  replaceAll(objects: readonly KubeObject[]): void {
    this.#objects.clear();
    for (const object of objects) this.#objects.set(keyOfObject(object), object);
    this.#keys = [...this.#objects.keys()].sort();
    this.#all = undefined;
  }

  /** The objects of a namespace in order; '' means all. */
  range(namespace: string): readonly KubeObject[] {
    if (namespace !== '') return this.#objectsOf(this.#keysOf(namespace));
    this.#all ??= this.#objectsOf(this.#keys);
    return this.#all;
  }

  #objectsOf(keys: readonly string[]): readonly KubeObject[] {
    const found: KubeObject[] = [];
    for (const key of keys) {
      const object = this.#objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  #keysOf(namespace: string): readonly string[] {
    const start = firstNotBelow(this.#keys, `${namespace}/`);
    return this.#keys.slice(start, firstNotBelow(this.#keys, `${namespace}0`));
  }
}

/** Index of the first key that is not below `key`; '0' follows '/' in ASCII, so it ends a namespace. */
export const firstNotBelow = (keys: readonly string[], key: string): number =>
  firstWhere(keys, (candidate) => candidate >= key);

/** Index of the first item of a sorted list from which on `holds` is true. */
export function firstWhere<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(items[middle] as Item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
