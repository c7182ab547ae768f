import type { Clock } from '../../telemetry/clock.js';
import { keyOfObject } from './object.js';
import type { KubeObject } from './object.js';
import { firstWhere } from './table.js';

/** Thrown where a revision is older than what is kept: HTTP 410. */
export class CompactedError extends Error {
  override readonly name = 'CompactedError';
  readonly oldest: number;
  constructor(oldest: number) {
    super(`the oldest revision that is kept is ${oldest}`);
    this.oldest = oldest;
  }
}

export interface HistoryOptions {
  readonly clock: Clock;
  /** How long changes can be watched and lists continued. Default 300 000, as kube-apiserver compacts etcd. */
  readonly historyMs?: number;
  /** Changes of one resource that are kept at least, if they are young enough. Default 100 000. */
  readonly historyEvents?: number;
}

/** One write. */
export interface StoreEvent {
  readonly resource: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** After the write; for DELETED the last state, with the revision of the removal. */
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
  readonly revision: number;
}

interface Log {
  events: StoreEvent[];
  /** Every change after this revision is in `events`. */
  complete: number;
}

/** What changed lately, by resource, and for how long it is kept. */
export class History {
  readonly #logs = new Map<string, Log>();
  readonly #clock: Clock;
  readonly #keepMs: number;
  readonly #keepEvents: number;
  /** Revisions by the time of their first write, at most one a second. */
  #marks: { readonly at: number; readonly revision: number }[] = [];
  #oldest: number;

  constructor(options: HistoryOptions, revision: number) {
    this.#clock = options.clock;
    this.#keepMs = options.historyMs ?? 300_000;
    this.#keepEvents = options.historyEvents ?? 100_000;
    this.#oldest = revision;
  }

  add(event: StoreEvent): void {
    const log = this.#log(event.resource);
    log.events.push(event);
    if (log.events.length > 2 * this.#keepEvents) drop(log, log.events.length - this.#keepEvents);
    this.#age(event.revision);
  }

  since(resource: string, revision: number): readonly StoreEvent[] {
    const log = this.#log(resource);
    if (revision < log.complete) throw new CompactedError(log.complete);
    return log.events.slice(firstAfter(log.events, revision));
  }

  /** Whether every change after `revision` is still known. */
  reaches(resource: string, revision: number): boolean {
    return revision >= this.#log(resource).complete;
  }

  /** Takes back what happened after `revision`. */
  rewind(resource: string, current: readonly KubeObject[], revision: number): readonly KubeObject[] {
    const later = this.since(resource, revision);
    if (later.length === 0) return current;
    const objects = new Map(current.map((object) => [keyOfObject(object), object]));
    for (const event of later.toReversed()) {
      const key = keyOfObject(event.object);
      if (event.previous === undefined) objects.delete(key);
      else objects.set(key, event.previous);
    }
    return [...objects.keys()].sort().flatMap((key) => objects.get(key) ?? []);
  }

  compact(revision: number): void {
    this.#oldest = Math.max(this.#oldest, revision);
    for (const log of this.#logs.values()) drop(log, firstAfter(log.events, revision), this.#oldest);
  }

  restart(revision: number): void {
    this.#logs.clear();
    this.#marks = [];
    this.#oldest = revision;
  }

  #log(resource: string): Log {
    const log = this.#logs.get(resource) ?? { events: [], complete: this.#oldest };
    this.#logs.set(resource, log);
    return log;
  }

  #age(revision: number): void {
    const now = this.#clock.now();
    const last = this.#marks.at(-1);
    if (last === undefined || now - last.at >= 1000) this.#marks.push({ at: now, revision });
    const first = this.#marks[0];
    if (first === undefined || now - first.at <= this.#keepMs) return;
    const kept = this.#marks.findIndex((mark) => now - mark.at <= this.#keepMs);
    const forgotten = this.#marks.splice(0, kept);
    this.compact(forgotten.at(-1)?.revision ?? first.revision);
  }
}

function drop(log: Log, count: number, complete = 0): void {
  const last = count > 0 ? log.events[count - 1] : undefined;
  if (count > 0) log.events = log.events.slice(count);
  log.complete = Math.max(log.complete, last?.revision ?? 0, complete);
}

const firstAfter = (events: readonly StoreEvent[], revision: number): number =>
  firstWhere(events, (event) => event.revision > revision);
