import type { ObjectKey } from './object.js';

/** Where a list/watch puts what it sees. A cache is one. */
export interface Sink<T> {
  /** Added or changed: which of them is the sink's to know. */
  put(item: T): void;
  /** Gone, or no longer of interest. The key may be unknown. */
  remove(key: ObjectKey): void;
  /** All that is in it: after a new list, what that did not name is removed. */
  keys(): Iterable<ObjectKey>;
}
