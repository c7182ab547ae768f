/** Finds items by one text of theirs. Adding, removing and counting take constant time. */
export interface Index<T extends object> {
  add(item: T): void;
  remove(item: T): void;
  get(value: string): readonly T[];
  count(value: string): number;
}

/**
 * A value that only one item has, as the owner of a Job's pod, costs one map entry; a Set for each of them would
 * cost more than the pods.
 */
export function createIndex<T extends object>(valueOf: (item: T) => string | undefined): Index<T> {
  const buckets = new Map<string, T | Set<T>>();

  return {
    add(item) {
      const value = valueOf(item);
      if (value === undefined || value === '') return;
      const bucket = buckets.get(value);
      if (bucket === undefined) buckets.set(value, item);
      else if (bucket instanceof Set) bucket.add(item);
      else buckets.set(value, new Set([bucket, item]));
    },
    remove(item) {
      const value = valueOf(item);
      if (value === undefined || value === '') return;
      const bucket = buckets.get(value);
      if (bucket instanceof Set) {
        bucket.delete(item);
        if (bucket.size === 0) buckets.delete(value);
      } else if (bucket === item) buckets.delete(value);
    },
    get(value) {
      const bucket = buckets.get(value);
      if (bucket === undefined) return [];
      return bucket instanceof Set ? [...bucket] : [bucket];
    },
    count(value) {
      const bucket = buckets.get(value);
      if (bucket === undefined) return 0;
      return bucket instanceof Set ? bucket.size : 1;
    },
  };
}
