/**
 * First in, first out, each operation in constant time. An array's `shift` moves every entry, and a Set that is
 * emptied from its front is scanned from its front: both are quadratic for a queue of 100,000.
 */
export interface Fifo<T> {
  readonly size: number;
  push(item: T): void;
  /** The oldest; undefined when empty. */
  shift(): T | undefined;
  clear(): void;
}

export function createFifo<T>(): Fifo<T> {
  let items: (T | undefined)[] = [];
  let head = 0;

  return {
    get size() {
      return items.length - head;
    },
    push(item) {
      items.push(item);
    },
    shift() {
      if (head === items.length) return undefined;
      const item = items[head];
      items[head] = undefined;
      head += 1;
      // Half of it is holes: each entry is moved once for every time it was pushed.
      if (head > 32 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    clear() {
      items = [];
      head = 0;
    },
  };
}
