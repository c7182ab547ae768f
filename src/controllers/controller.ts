import type { Term } from '../kube/lease.js';

/**
 * One loop that makes a part of the cluster as it should be. It reads on every replica, so that the next leader
 * starts warm; it writes only in a term.
 */
export interface Controller {
  /** Its folder's name; in the log and in metrics. */
  readonly name: string;
  /** Keeps what it reads up to date until the signal aborts. Never rejects. */
  observe(signal: AbortSignal): Promise<void>;
  /** Everything that it reads has been listed once. */
  readonly hasSynced: boolean;
  /** Writes until the term or `stop` ends; settles when its last write has ended. Never rejects. */
  lead(term: Term, stop: AbortSignal): Promise<void>;
}
