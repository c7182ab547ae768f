import type { Client, WatchOptions, WatchQuery } from '../../src/kube/client.js';
import { KubeError } from '../../src/kube/errors.js';
import type { KubeObject } from '../../src/kube/object.js';
import type { Resource, Target } from '../../src/kube/resource.js';
import { errorOfStatus } from '../../src/kube/status.js';
import type { WatchEvent } from '../../src/kube/watch-events.js';
import type { JsonObject } from '../../src/objects/json.js';
import type { Core } from '../../src/sim/api/call.js';
import { createDoor } from '../../src/sim/api/door.js';
import { StatusError } from '../../src/sim/api/status.js';

/** A write that reached the API server. */
export interface Written {
  readonly verb: 'create' | 'update' | 'patch' | 'delete';
  readonly resource: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A client of a cluster in this process: no HTTP, so that it can run on a simulated clock. */
export interface InProcessClient extends Client {
  /** Writes of it that succeeded, in order. */
  readonly written: readonly Written[];
  /** What the API server refused: `404 list pods`. */
  readonly refused: readonly string[];
  /** The process dies: nothing of it reaches the API server any more. */
  kill(): void;
  /** Ends every open watch, quietly or by 410, as an API server that restarts or forgets does. */
  interrupt(how: 'cut' | 'expire'): void;
  /** Whether the API server can be reached. When it cannot be, open watches end. */
  setReachable(isReachable: boolean): void;
}

export interface InProcessOptions {
  /** Milliseconds that the list of a resource takes, by its plural. Default: none. */
  readonly slowLists?: Readonly<Record<string, number>>;
  /** Called when a write is on its way, and waited for: what it does comes first. */
  readonly onWrite?: (verb: Written['verb'], resource: string, key: string) => void | Promise<void>;
}

export function inProcessClient(core: Core, options: InProcessOptions = {}): InProcessClient {
  const door = createDoor(core);
  const written: Written[] = [];
  const refused: string[] = [];
  const streams = new Set<Stream>();
  let isDead = false;
  let isReachable = true;

  const asked = (verb: string, resource: Resource) => ({ method: verb, path: resource.plural });

  async function call<T>(verb: string, resource: Resource, work: () => T | Promise<T>): Promise<T> {
    // A request leaves the process: nothing comes of it within the same turn.
    await Promise.resolve();
    if (isDead) throw new KubeError('the process is dead', { kind: 'unreachable' });
    if (!isReachable) throw new KubeError('no connection', { kind: 'unreachable' });
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      refused.push(`${error.status.code} ${verb} ${resource.plural}`);
      throw errorOfStatus(asked(verb, resource), error.status);
    }
  }

  async function write<T>(
    verb: Written['verb'],
    resource: Resource,
    target: Target,
    work: () => Promise<T>,
  ): Promise<T> {
    const key = `${target.namespace ?? ''}/${target.name ?? ''}`;
    const done = await call(verb, resource, async () => {
      await options.onWrite?.(verb, resource.plural, key);
      return work();
    });
    written.push({ verb, resource: resource.plural, key, at: core.clock.now() });
    return done;
  }

  return {
    written,
    refused,
    get: (resource, { namespace = '', name = '' }) =>
      call('get', resource, () => {
        const found = door.get(nameOf(resource), namespace, name);
        if (found === undefined)
          throw new StatusError(404, 'NotFound', `${resource.plural} "${name}" not found`);
        return found;
      }),
    list: (resource, query = {}) =>
      call('list', resource, async () => {
        const ms = options.slowLists?.[resource.plural];
        if (ms !== undefined) await core.clock.sleep(ms);
        return {
          items: door.list(nameOf(resource), wantedOf(query)) as unknown as KubeObject[],
          resourceVersion: String(door.revision()),
          length: 1,
        };
      }),
    async *watch(resource, query: WatchQuery, { signal, onOpen }: WatchOptions = {}) {
      const stream = createStream();
      const since = { ...wantedOf(query), since: Number(query.resourceVersion ?? '0') };
      const stop = await call('watch', resource, () =>
        door.watch(nameOf(resource), since, (event) => {
          stream.push(event as unknown as Pushed);
        }),
      );
      streams.add(stream);
      signal?.addEventListener('abort', stream.end, { once: true });
      onOpen?.();
      try {
        for (;;) {
          const next = await stream.next();
          if (next === undefined) return;
          if (next.type === 'ERROR') throw errorOfStatus(asked('watch', resource), next.status);
          if (next.type !== 'BOOKMARK') yield next;
        }
      } finally {
        stop();
        streams.delete(stream);
      }
    },
    version: () => Promise.resolve({ gitVersion: 'v1.36.0', major: 1, minor: 36 }),
    create: (resource, target, body) =>
      write('create', resource, target, async () => {
        const { namespace = '', name = '' } = target;
        if (target.subresource === 'binding') {
          const { metadata, target: node } = body as unknown as Binding;
          await door.bind(namespace, name, node.name, metadata);
          return { metadata: {} };
        }
        const { metadata = {}, ...rest } = body as { metadata?: JsonObject };
        const object = { ...rest, metadata: { ...(namespace === '' ? {} : { namespace }), ...metadata } };
        return await door.create(nameOf(resource), object);
      }),
    update: (resource, target, body) =>
      write('update', resource, target, async () => {
        const object = body as JsonObject;
        return await door.update(nameOf(resource), object);
      }),
    patch: (resource, target, { type, body }, { fieldManager = 'tidegate' } = {}) =>
      write('patch', resource, target, async () => {
        if (type !== 'merge' && type !== 'strategic')
          throw new Error(`no ${type} patch is sent in this process`);
        const { namespace = '', name = '', subresource } = target;
        const options = {
          fieldManager,
          type,
          ...(subresource === 'status' && { subresource: 'status' as const }),
        };
        return await door.patch(nameOf(resource), namespace, name, body as JsonObject, options);
      }),
    delete: (resource, target, { preconditions } = {}) =>
      write('delete', resource, target, async () => {
        const options = preconditions === undefined ? {} : { preconditions };
        await door.remove(nameOf(resource), target.namespace ?? '', target.name ?? '', options);
        return { metadata: {} };
      }),
    kill() {
      isDead = true;
      for (const stream of streams) stream.end();
    },
    setReachable(is) {
      isReachable = is;
      if (!is) for (const stream of [...streams]) stream.end();
    },
    interrupt(how) {
      const gone = new StatusError(410, 'Expired', 'too old resource version');
      for (const stream of [...streams]) {
        if (how === 'expire') stream.push({ type: 'ERROR', status: gone.status });
        else stream.end();
      }
    },
  };
}

const nameOf = ({ group, plural }: Resource): string => (group === '' ? plural : `${plural}.${group}`);

const wantedOf = ({
  namespace,
  labelSelector,
  fieldSelector,
}: Pick<WatchQuery, 'namespace' | 'labelSelector' | 'fieldSelector'>) => ({
  ...(namespace === undefined ? {} : { namespace }),
  ...(labelSelector === undefined ? {} : { labelSelector }),
  ...(fieldSelector === undefined ? {} : { fieldSelector }),
});

interface Binding {
  readonly metadata?: { readonly uid?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly target: { readonly name: string };
}

type Pushed = WatchEvent | { readonly type: 'ERROR'; readonly status: StatusError['status'] };

interface Stream {
  push(event: Pushed): void;
  /** Undefined: it has ended. */
  next(): Promise<Pushed | undefined>;
  readonly end: () => void;
}

function createStream(): Stream {
  const events: Pushed[] = [];
  let wake: (() => void) | undefined;
  let ended = false;
  return {
    push(event) {
      events.push(event);
      wake?.();
    },
    async next() {
      while (events.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return ended ? undefined : events.shift();
    },
    end: () => {
      ended = true;
      wake?.();
    },
  };
}
