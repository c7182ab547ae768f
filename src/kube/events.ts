import type { Clock, Random } from '../telemetry/clock.js';
import type { Client } from './client.js';
import { kindOf } from './errors.js';
import {
  eventName,
  eventUpdate,
  namespaceOf,
  newEvent,
  seriesKey,
  type EventFacts,
  type Reporter,
  type Series,
} from './event-series.js';
import { resources } from './resource.js';
import { runWorkers } from './workers.js';
import { createWorkqueue } from './workqueue.js';

/** Events about objects. A courtesy to people: it never blocks, throws or retries, and gives way to real work. */
export interface EventRecorder {
  /** Notes what happened and returns at once. */
  record(facts: EventFacts): void;
  /** Writes what is noted, in the `events` lane, until the signal aborts; what is left then is dropped. */
  run(signal: AbortSignal): Promise<void>;
}

export interface EventRecorderDeps {
  readonly client: Pick<Client, 'create' | 'patch'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly reporter: Reporter;
  /** Events that may wait to be written; more are dropped. Default 1000: what the lane carries in 100 s. */
  readonly capacity?: number;
  /** Told of each event that was not written, and why. */
  readonly onDropped?: (why: 'full' | 'failed', error?: unknown) => void;
}

/** What is said again within this time is counted, and written once at its end. */
const seriesMs = 30_000;

/** Series that are remembered. The one that was silent for longest is forgotten first. */
const seriesLimit = 4096;

/** After ten minutes of silence it is news again; client-go's aggregation interval. */
const newsMs = 600_000;

export function createEventRecorder(deps: EventRecorderDeps): EventRecorder {
  const { client, clock, random, reporter, capacity = 1000, onDropped } = deps;
  const queue = createWorkqueue({ clock, random });
  /** In the order of when each was last said. */
  const known = new Map<string, Series>();
  let serial = 0;

  function record(facts: EventFacts): void {
    if (queue.depth >= capacity) {
      onDropped?.('full');
      return;
    }
    const key = seriesKey(facts);
    const series = continued(key) ?? begun(facts);
    // Last in the order.
    known.delete(key);
    known.set(key, series);
    forgetOldest();
    queue.addAfter(key, series.writtenAt === undefined ? 0 : series.writtenAt + seriesMs - clock.monotonic());
  }

  function continued(key: string): Series | undefined {
    const series = known.get(key);
    const now = clock.now();
    if (series === undefined || now - series.lastAt > newsMs) return undefined;
    series.count += 1;
    series.lastAt = now;
    return series;
  }

  function begun(facts: EventFacts): Series {
    const now = clock.now();
    serial += 1;
    const name = eventName(facts, now, serial);
    return { facts, name, count: 1, firstAt: now, lastAt: now, writtenAt: undefined };
  }

  function forgetOldest(): void {
    if (known.size <= seriesLimit) return;
    for (const key of known.keys()) {
      known.delete(key);
      return;
    }
  }

  async function write(key: string, signal: AbortSignal): Promise<void> {
    const series = known.get(key);
    if (series === undefined) return;
    const options = { lane: 'events', signal } as const;
    const target = { namespace: namespaceOf(series.facts), name: series.name };
    const isNew = series.writtenAt === undefined;
    series.writtenAt = clock.monotonic();
    if (!isNew) {
      try {
        await client.patch(resources.events, target, { type: 'merge', body: eventUpdate(series) }, options);
        return;
      } catch (error) {
        // The server keeps an Event for an hour by default.
        if (kindOf(error) !== 'not-found') throw error;
        serial += 1;
        series.name = eventName(series.facts, clock.now(), serial);
      }
    }
    await client.create(
      resources.events,
      { namespace: target.namespace },
      newEvent(series, reporter),
      options,
    );
  }

  return {
    record,
    run(signal) {
      const work = async (key: string) => {
        try {
          await write(key, signal);
        } catch (error) {
          if (kindOf(error) !== 'aborted') onDropped?.('failed', error);
        }
      };
      // As many as the lane lets be under way.
      return runWorkers({ queue, count: 4, work, stop: signal, drop: signal });
    },
  };
}
