import { KubeError } from './errors.js';

/** How one list or one watch ended. */
export interface Ended {
  readonly during: 'list' | 'watch';
  /** Absent where it ended as it should. */
  readonly error?: unknown;
  /** The server accepted the watch. */
  readonly opened: boolean;
  /** Events that it brought, bookmarks too. */
  readonly events: number;
  readonly lastedMs: number;
}

/** What is remembered from one end to the next. */
export interface Streak {
  /** Failures in a row: how long to wait. */
  readonly failures: number;
  /** Watches in a row that were opened and brought nothing. */
  readonly fruitless: number;
}

export interface Resume extends Streak {
  /** What we resume from is of no use: list anew. */
  readonly relist: boolean;
  /** Wait before going on. */
  readonly wait: boolean;
  /** At least so long: the server asked for it. */
  readonly atLeastMs: number;
}

/**
 * A watch that brought nothing and ends sooner, without a fault, is answered with a wait, lest it be opened in a hot
 * loop. One that brought events goes on at once: an API server ends watches that do not keep up with a burst (apiserver,
 * cacher/cache_watcher.go: a watch of unbound pods may be ten events behind), and a wait would let the next one fall
 * behind as well.
 */
const shortWatchMs = 5000;

/**
 * So many watches in a row that were opened and ended without a single event, not even a bookmark, mean that what
 * we resume from is wrong. A server restored from a backup says nothing to a watch from a resourceVersion that it
 * has yet to reach (apiserver, cacher/cache_watcher.go sends only what is newer); and a line that cannot be read
 * comes again with every watch.
 */
const fruitlessLimit = 2;

/** How to go on after a list or a watch has ended. */
export function resumeAfter(ended: Ended, streak: Streak): Resume {
  const failures = isAlive(ended) ? 0 : streak.failures;
  const fruitless = isFruitless(ended) ? streak.fruitless + 1 : 0;
  const relist = isUseless(ended.error) || fruitless >= fruitlessLimit;
  const wait = !isClean(ended);
  return {
    failures: wait ? failures + 1 : failures,
    fruitless: relist ? 0 : fruitless,
    relist,
    wait,
    atLeastMs: ended.error instanceof KubeError ? (ended.error.retryAfterMs ?? 0) : 0,
  };
}

/** It worked for a while, so that what ended it is no continuation of what came before. */
function isAlive({ opened, events, lastedMs }: Ended): boolean {
  return events > 0 || (opened && lastedMs >= shortWatchMs);
}

function isClean({ error, during, events, lastedMs }: Ended): boolean {
  return error === undefined && (during === 'list' || events > 0 || lastedMs >= shortWatchMs);
}

/** The connection was fine and yet nothing came: a server that is down is another matter, and no reason to list. */
function isFruitless({ opened, events, error }: Ended): boolean {
  const kind = error instanceof KubeError ? error.kind : undefined;
  return opened && events === 0 && (kind === 'timeout' || kind === 'server');
}

/** The server does not know, or no longer knows, the version or token that we came with. */
function isUseless(error: unknown): boolean {
  if (!(error instanceof KubeError)) return false;
  return (
    error.kind === 'gone' || error.kind === 'invalid' || error.causes.includes('ResourceVersionTooLarge')
  );
}
