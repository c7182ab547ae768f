import { createIndex, type Index } from './index-of.js';
import { objectKey, splitKey, type ObjectKey } from './object.js';
import type { Sink } from './sink.js';

/** What a cache can hold. `namespace` is empty for what has none. Never changed in place: a new one replaces it. */
export interface Cacheable {
  readonly namespace: string;
  readonly name: string;
}

export interface Change<T> {
  readonly key: ObjectKey;
  /** Absent: it was added. */
  readonly before?: T;
  /** Absent: it was removed. */
  readonly after?: T;
}

export interface Cache<T extends Cacheable, I extends string> extends Sink<T> {
  readonly size: number;
  get(key: ObjectKey): T | undefined;
  /** Those whose index value it is, as they are now. */
  by(index: I, value: string): readonly T[];
  countBy(index: I, value: string): number;
  inNamespace(namespace: string): readonly T[];
  values(): Iterable<T>;
  /** Called after each change, at once and in order. The answer ends it. */
  subscribe(listener: (change: Change<T>) => void): () => void;
}

export interface CacheDeps<T, I extends string> {
  /** What to find items by, by the index's name. An empty or absent value is not found. */
  readonly indexes: Readonly<Record<I, (item: T) => string | undefined>>;
  /** Two items that say the same: the old one stays and nobody is told. Default: never. */
  readonly isSame?: (a: T, b: T) => boolean;
  /** Told when a listener threw; the others are called all the same. */
  readonly onListenerError?: (error: unknown) => void;
}

/** Items by key, namespace and whatever else is asked for. Every operation but the lists takes constant time. */
export function createCache<T extends Cacheable, I extends string>(deps: CacheDeps<T, I>): Cache<T, I> {
  // A map a namespace: the key of a map of all would be one more string for each item.
  const namespaces = new Map<string, Map<string, T>>();
  const indexes = new Map<I, Index<T>>();
  for (const name of Object.keys(deps.indexes) as I[]) indexes.set(name, createIndex(deps.indexes[name]));
  const listeners = new Set<(change: Change<T>) => void>();
  let size = 0;

  function tell(change: Change<T>): void {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        deps.onListenerError?.(error);
      }
    }
  }

  function get(key: ObjectKey): T | undefined {
    const { namespace, name } = splitKey(key);
    return namespaces.get(namespace)?.get(name);
  }

  function store(item: T): void {
    let namespace = namespaces.get(item.namespace);
    if (namespace === undefined) namespaces.set(item.namespace, (namespace = new Map<string, T>()));
    namespace.set(item.name, item);
    for (const index of indexes.values()) index.add(item);
  }

  function unindex(item: T): void {
    for (const index of indexes.values()) index.remove(item);
  }

  function drop(item: T): void {
    const namespace = namespaces.get(item.namespace);
    namespace?.delete(item.name);
    if (namespace?.size === 0) namespaces.delete(item.namespace);
    unindex(item);
  }

  function* all<R>(of: (item: T) => R): Iterable<R> {
    for (const namespace of namespaces.values()) for (const item of namespace.values()) yield of(item);
  }

  return {
    get size() {
      return size;
    },
    get,
    put(item) {
      const before = namespaces.get(item.namespace)?.get(item.name);
      if (before === undefined) size += 1;
      else if (deps.isSame?.(before, item) === true) return;
      else unindex(before);
      store(item);
      if (listeners.size === 0) return;
      const key = objectKey(item.namespace, item.name);
      tell(before === undefined ? { key, after: item } : { key, before, after: item });
    },
    remove(key) {
      const before = get(key);
      if (before === undefined) return;
      drop(before);
      size -= 1;
      tell({ key, before });
    },
    keys: () => all((item) => objectKey(item.namespace, item.name)),
    values: () => all((item) => item),
    by: (index, value) => indexes.get(index)?.get(value) ?? [],
    countBy: (index, value) => indexes.get(index)?.count(value) ?? 0,
    inNamespace: (namespace) => [...(namespaces.get(namespace)?.values() ?? [])],
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
