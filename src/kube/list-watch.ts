import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Random } from '../telemetry/clock.js';
import { backoffMs, type BackoffOptions } from './backoff.js';
import type { Client } from './client.js';
import { KubeError } from './errors.js';
import { keyOf, type KubeObject } from './object.js';
import type { ListQuery } from './query.js';
import { relist } from './relist.js';
import { isOlder } from './resource-version.js';
import type { Resource } from './resource.js';
import { resumeAfter, type Ended, type Streak } from './resume.js';
import type { Sink } from './sink.js';
import type { WatchEvent } from './watch-events.js';

export interface ListWatchDeps<T> {
  readonly client: Pick<Client, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly resource: Resource;
  /** Namespace, selectors, `metadataOnly`. Default: everything. */
  readonly query?: Omit<ListQuery, 'limit' | 'continue' | 'resourceVersion'>;
  /** What is kept of an object, made as it arrives; undefined: nothing, and what was kept of it goes. */
  readonly project: (object: KubeObject) => T | undefined;
  readonly sink: Sink<T>;
  /** Objects a page. Default 250: 1 MB of 4 KB pods, parsed in about 10 ms. */
  readonly pageSize?: number;
  /** Milliseconds without a byte after which a watch is opened anew. Default: the client's, 150 s. */
  readonly idleMs?: number;
  /** Waits after a failure. Default 0.5 s doubling to 30 s, half of it jitter. */
  readonly backoff?: BackoffOptions;
  /** Told of each fault that was survived. `handler`: `project` or `sink` threw. */
  readonly onFault?: (error: unknown, during: 'list' | 'watch' | 'handler') => void;
}

export interface ListWatch {
  /** Lists and watches until the signal aborts; settles then and never rejects. To be called once. */
  run(signal: AbortSignal): Promise<void>;
  /** The first list is complete. */
  readonly hasSynced: boolean;
  /** Settles with true when the first list is complete, with false when `run` ended before that. */
  whenSynced(): Promise<boolean>;
  /**
   * Milliseconds since the server last said anything: a page, an event, a bookmark, the start or end of a watch.
   * More than a few minutes mean that it cannot be reached or is mute. A restart of ours does not mend that: it
   * belongs into a metric, not into a liveness probe.
   */
  progressAgeMs(): number;
}

const defaultBackoff: BackoffOptions = { baseMs: 500, maxMs: 30_000 };

/** For what a mark waits for: after a server was away, none is to be missing for half a minute. */
export const promptBackoff: BackoffOptions = { baseMs: 500, maxMs: 10_000 };

/** A watch lasts between these, at random, so that a thousand clients do not come back at once; client-go's range. */
const watchSeconds = { min: 300, max: 600 };

/**
 * In a flood of events Node reads and hands on up to 2 MB from a socket before the event loop turns (libuv reads 32
 * times 64 KB): 40 ms of parsing pods. So many events take 5 ms.
 */
const eventsPerTurn = 64;

/** Keeps a sink equal to what the API server has: lists, watches, resumes, lists anew where it must; never gives up. */
export function createListWatch<T>(deps: ListWatchDeps<T>): ListWatch {
  const { client, clock, random, resource, query = {}, sink } = deps;
  const { pageSize = 250, backoff = defaultBackoff } = deps;
  const synced = Promise.withResolvers<boolean>();
  let hasSynced = false;
  let progressAt = clock.monotonic();
  /** Where the next watch resumes; undefined: nowhere, so list. */
  let version: string | undefined;

  function progress(): void {
    progressAt = clock.monotonic();
  }

  function guard(handle: () => void): void {
    try {
      handle();
    } catch (error) {
      deps.onFault?.(error, 'handler');
    }
  }

  /** Hands one object on; true where it is kept. */
  function take(object: KubeObject): boolean {
    let isKept = true;
    guard(() => {
      const item = deps.project(object);
      isKept = item !== undefined;
      if (item === undefined) sink.remove(keyOf(object));
      else sink.put(item);
    });
    return isKept;
  }

  async function list(signal: AbortSignal): Promise<void> {
    const keys = () => sink.keys();
    const remove: typeof sink.remove = (key) => {
      guard(() => {
        sink.remove(key);
      });
    };
    version = await relist({
      client,
      resource,
      query,
      pageSize,
      take,
      keys,
      remove,
      onPage: progress,
      signal,
    });
    hasSynced = true;
    synced.resolve(true);
  }

  function accept({ type, object }: WatchEvent, from: string): void {
    const { resourceVersion: at = from } = object.metadata;
    if (isOlder(at, from)) {
      const message = `${resource.plural}: expected an event after resourceVersion ${from}, came ${at}`;
      throw new KubeError(message, { kind: 'gone' });
    }
    if (type === 'ADDED' || type === 'MODIFIED') take(object);
    if (type === 'DELETED') {
      guard(() => {
        sink.remove(keyOf(object));
      });
    }
    version = at;
  }

  /** One list or one watch, whichever is due. */
  async function once(signal: AbortSignal): Promise<Ended> {
    const startedAt = clock.monotonic();
    const seen = { opened: false, events: 0 };
    const during = version === undefined ? 'list' : 'watch';
    const end = () => ({ ...seen, during, lastedMs: clock.monotonic() - startedAt }) as const;
    const onOpen = () => {
      seen.opened = true;
      progress();
    };
    try {
      if (version === undefined) {
        await list(signal);
        return end();
      }
      const timeoutSeconds = watchSeconds.min + Math.floor(random() * (watchSeconds.max - watchSeconds.min));
      const from = { ...query, resourceVersion: version, timeoutSeconds };
      const options = { signal, onOpen, ...(deps.idleMs === undefined ? {} : { idleMs: deps.idleMs }) };
      for await (const event of client.watch(resource, from, options)) {
        accept(event, version);
        seen.events += 1;
        progress();
        if (seen.events % eventsPerTurn === 0) await nextTurn();
      }
      progress();
      return end();
    } catch (error) {
      return { ...end(), error };
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    let streak: Streak = { failures: 0, fruitless: 0 };
    while (!signal.aborted) {
      const ended = await once(signal);
      if (isAborted(signal)) break;
      if (ended.error !== undefined) deps.onFault?.(ended.error, ended.during);
      const next = resumeAfter(ended, streak);
      if (next.relist) version = undefined;
      if (next.wait) {
        const own = backoffMs(next.failures - 1, backoff, random);
        await clock.sleep(Math.max(own, next.atLeastMs), signal);
      }
      streak = next;
    }
    synced.resolve(false);
  }

  return {
    run,
    get hasSynced() {
      return hasSynced;
    },
    whenSynced: () => synced.promise,
    progressAgeMs: () => clock.monotonic() - progressAt,
  };
}

/** A call, because the compiler takes a property that was false for false ever after. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
