import { createCache } from '../kube/cache.js';
import { createListWatch, type ListWatchDeps } from '../kube/list-watch.js';
import type { KubeObject } from '../kube/object.js';
import { resources, type Resource } from '../kube/resource.js';
import type { Sink } from '../kube/sink.js';
import { isObject, type Json } from '../objects/json.js';

/** Objects of a CustomResourceDefinition that a cluster may lack. */
export interface DefinedObjects {
  /**
   * - `unknown` nothing was heard of the definition yet
   * - `absent` the cluster has none
   * - `present` it has one; `synced`: and its objects have been listed once
   */
  readonly state: 'unknown' | 'absent' | 'present' | 'synced';
  /** As it is served now; undefined: it is not. */
  readonly served: Resource | undefined;
  /** What came in place of an answer, while `state` is `unknown` or `present`. */
  readonly fault: unknown;
  /** Each has been listed once, or cannot be: an error is a reason not to wait. */
  readonly hasSettled: boolean;
  /** Called when `state` or `fault` may have changed. */
  onChange(listener: () => void): void;
  /** Watches until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export interface DefinedObjectsDeps<T> extends Pick<
  ListWatchDeps<T>,
  'client' | 'clock' | 'random' | 'onFault' | 'query' | 'project'
> {
  /** Of this version where it is served, else of the first that is. */
  readonly resource: Resource;
  /** Emptied when the definition goes. */
  readonly sink: Sink<T>;
}

/**
 * The CustomResourceDefinition is watched first, by its name, and its objects only while there is one: a cluster
 * without it answers no request with 404, and one that gets it later is followed from then on.
 */
export function createDefinedObjects<T>(deps: DefinedObjectsDeps<T>): DefinedObjects {
  const { sink } = deps;
  const definitions = createCache<Definition, never>({ indexes: {}, isSame: isSameDefinition });
  const listeners = new Set<() => void>();
  let settled = false;
  let listed = false;
  let fault: unknown;
  let running: Running | undefined;

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function fails(error: unknown, during: Parameters<NonNullable<typeof deps.onFault>>[1]): void {
    settled = true;
    if (during !== 'handler') fault = error;
    deps.onFault?.(error, during);
    tell();
  }

  function succeeds(): void {
    settled = true;
    fault = undefined;
    tell();
  }

  function start(resource: Resource): void {
    const abort = new AbortController();
    const watch = createListWatch({ ...deps, onFault: fails, backoff, resource });
    running = { resource, abort, watch, done: watch.run(abort.signal) };
    void watch.whenSynced().then((isSynced) => {
      if (isSynced) succeeds();
    });
  }

  async function stop(): Promise<void> {
    const last = running;
    running = undefined;
    last?.abort.abort();
    await last?.done;
  }

  async function follow(definition: Definition | undefined): Promise<void> {
    await stop();
    if (definition !== undefined) start({ ...deps.resource, version: definition.version });
    else for (const key of [...sink.keys()]) sink.remove(key);
    tell();
  }

  return {
    get state() {
      if (running !== undefined) return running.watch.hasSynced ? 'synced' : 'present';
      return listed ? 'absent' : 'unknown';
    },
    get served() {
      return running?.resource;
    },
    get fault() {
      return this.state === 'unknown' || this.state === 'present' ? fault : undefined;
    },
    get hasSettled() {
      return settled;
    },
    onChange: (listener) => void listeners.add(listener),
    async run(signal) {
      let last = Promise.resolve();
      definitions.subscribe(({ after }) => {
        last = last.then(() => (signal.aborted ? undefined : follow(after)));
      });
      const watch = createListWatch({
        ...deps,
        onFault: fails,
        backoff,
        resource: resources.customResourceDefinitions,
        query: { fieldSelector: `metadata.name=${deps.resource.plural}.${deps.resource.group}` },
        project: (object) => toDefinition(object, deps.resource.version),
        sink: definitions,
      });
      void watch.whenSynced().then((isSynced) => {
        listed = isSynced;
        if (isSynced && definitions.size === 0) succeeds();
      });
      await watch.run(signal);
      await last;
      await stop();
    },
  };
}

interface Running {
  readonly resource: Resource;
  readonly abort: AbortController;
  readonly watch: { readonly hasSynced: boolean };
  readonly done: Promise<void>;
}

/** Slower than most: what fails here is most often a role that was not given, and nothing waits for it. */
const backoff = { baseMs: 1000, maxMs: 300_000 };

interface Definition {
  readonly namespace: '';
  readonly name: string;
  readonly version: string;
}

const isSameDefinition = (a: Definition, b: Definition): boolean => a.version === b.version;

/** A definition that serves nothing is none. */
function toDefinition({ metadata, spec }: KubeObject, preferred: string): Definition | undefined {
  const versions = isObject(spec) ? spec['versions'] : undefined;
  const version = servedVersion(Array.isArray(versions) ? (versions as readonly Json[]) : [], preferred);
  return version === undefined ? undefined : { namespace: '', name: metadata.name ?? '', version };
}

function servedVersion(versions: readonly Json[], preferred: string): string | undefined {
  const served = versions.flatMap((one) =>
    isObject(one) && one['served'] === true && typeof one['name'] === 'string' ? [one['name']] : [],
  );
  return served.find((name) => name === preferred) ?? served[0];
}
