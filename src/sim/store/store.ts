import { History } from './history.js';
import type { HistoryOptions, StoreEvent } from './history.js';
import { keyOf, keyOfObject } from './object.js';
import type { Draft, KubeObject } from './object.js';
import { Table } from './table.js';

export interface StoreOptions extends HistoryOptions {
  /** The first write gets this revision plus one. Default 1. */
  readonly revision?: number;
}

/** A list as it was at one revision. */
export interface Snapshot {
  readonly revision: number;
  readonly objects: readonly KubeObject[];
}

/**
 * Objects by resource (`pods`, `jobs.batch`), one revision counter over all of them, and what changed lately.
 * A write takes the object that it is meant to replace: where somebody else wrote in between, it answers undefined
 * and nothing happened. Watchers hear of a write after it is done, in order, never inside of it.
 */
export class Store {
  readonly #tables = new Map<string, Table>();
  readonly #history: History;
  #revision: number;
  readonly #watchers = new Map<string, Set<(event: StoreEvent) => void>>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  readonly #undelivered: StoreEvent[] = [];
  #delivering = false;
  readonly #snapshots = new Map<string, readonly KubeObject[]>();

  constructor(options: StoreOptions) {
    this.#revision = options.revision ?? 1;
    this.#history = new History(options, this.#revision);
  }

  get revision(): number {
    return this.#revision;
  }

  get(resource: string, namespace: string, name: string): KubeObject | undefined {
    return this.#tables.get(resource)?.get(keyOf(namespace, name));
  }

  /** Objects of one resource, by namespace and name. `namespace` '' means all. */
  list(resource: string, namespace = ''): readonly KubeObject[] {
    return this.#tables.get(resource)?.range(namespace) ?? [];
  }

  count(resource: string): number {
    return this.#tables.get(resource)?.size ?? 0;
  }

  /** @returns the stored object, or undefined where the name is taken. */
  create(resource: string, draft: Draft): KubeObject | undefined {
    const table = this.#table(resource);
    const key = keyOfObject(draft as unknown as KubeObject);
    if (table.get(key) !== undefined) return undefined;
    const object = this.#stamp(draft);
    table.set(key, object);
    this.#record({ resource, type: 'ADDED', object, previous: undefined, revision: this.#revision });
    return object;
  }

  /** @returns the stored object, or undefined where `previous` is no longer the current one. */
  replace(resource: string, previous: KubeObject, draft: Draft): KubeObject | undefined {
    const table = this.#table(resource);
    const key = keyOfObject(previous);
    if (table.get(key) !== previous) return undefined;
    const object = this.#stamp(draft);
    table.set(key, object);
    this.#record({ resource, type: 'MODIFIED', object, previous, revision: this.#revision });
    return object;
  }

  /** @returns the last state with the revision of its removal, or undefined where `previous` is not current. */
  remove(resource: string, previous: KubeObject, last: KubeObject = previous): KubeObject | undefined {
    const table = this.#table(resource);
    const key = keyOfObject(previous);
    if (table.get(key) !== previous) return undefined;
    const object = this.#stamp({ ...last, metadata: { ...last.metadata } } as unknown as Draft);
    table.delete(key);
    this.#record({ resource, type: 'DELETED', object, previous, revision: this.#revision });
    return object;
  }

  /** Resources that hold, or held, objects. */
  resources(): readonly string[] {
    return [...this.#tables.keys()];
  }

  /** The list as it was. @throws CompactedError */
  snapshot(resource: string, revision: number = this.#revision): Snapshot {
    const key = `${resource}@${revision}`;
    const current = this.#tables.get(resource)?.range('') ?? [];
    const known = this.#snapshots.get(key);
    if (known !== undefined && this.#history.reaches(resource, revision)) return { revision, objects: known };
    const objects = this.#history.rewind(resource, current, revision);
    if (objects !== current) this.#remember(key, objects);
    return { revision, objects };
  }

  /** What happened to a resource after a revision. @throws CompactedError */
  since(resource: string, revision: number): readonly StoreEvent[] {
    return this.#history.since(resource, revision);
  }

  /** Calls `handler` for each later change of the resource, until the answer is called. */
  watch(resource: string, handler: (event: StoreEvent) => void): () => void {
    const handlers = this.#watchers.get(resource) ?? new Set();
    this.#watchers.set(resource, handlers);
    handlers.add(handler);
    return () => {
      handlers.delete(handler);
    };
  }

  /** The same for every resource. */
  watchAll(handler: (event: StoreEvent) => void): () => void {
    this.#listeners.add(handler);
    return () => {
      this.#listeners.delete(handler);
    };
  }

  /** Forgets how the resources got to where they are: what is older than `revision` answers 410 from now on. */
  compact(revision: number = this.#revision): void {
    this.#history.compact(revision);
  }

  /** Goes back to an earlier revision, as an etcd restored from a backup does. @throws CompactedError */
  rewind(revision: number): void {
    for (const [resource, table] of this.#tables) {
      table.replaceAll(this.#history.rewind(resource, table.range(''), revision));
    }
    this.#revision = revision;
    this.#history.restart(revision);
    this.#snapshots.clear();
  }

  /** Pages of one list ask for the same snapshot again and again. */
  #remember(key: string, objects: readonly KubeObject[]): void {
    this.#snapshots.set(key, objects);
    const [oldest] = this.#snapshots.keys();
    if (this.#snapshots.size > 8 && oldest !== undefined) this.#snapshots.delete(oldest);
  }

  #table(resource: string): Table {
    const table = this.#tables.get(resource) ?? new Table();
    this.#tables.set(resource, table);
    return table;
  }

  #stamp(draft: Draft): KubeObject {
    this.#revision++;
    (draft['metadata'] as Draft)['resourceVersion'] = String(this.#revision);
    return draft as unknown as KubeObject;
  }

  #record(event: StoreEvent): void {
    this.#history.add(event);
    this.#undelivered.push(event);
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let next = this.#undelivered.shift(); next !== undefined; next = this.#undelivered.shift()) {
        for (const handler of this.#watchers.get(next.resource) ?? []) handler(next);
        for (const handler of this.#listeners) handler(next);
      }
    } finally {
      this.#delivering = false;
    }
  }
}
