import type { Client, WatchQuery } from '../../kube/client.js';
import { KubeError, type KubeErrorKind } from '../../kube/errors.js';
import type { KubeObject } from '../../kube/object.js';
import type { Resource as ApiResource, Target } from '../../kube/resource.js';
import type { WatchEvent } from '../../kube/watch-events.js';
import { isObject, type Json, type JsonObject } from '../../objects/json.js';
import type { Clock } from '../../telemetry/clock.js';
import type { Door, Resource } from '../controllers/door.js';
import type { Pod } from '../controllers/objects.js';
import { childOf } from '../store/object.js';
import { matchesFields, parseFields } from '../store/fields.js';
import { createStream } from './stream.js';

/**
 * Milliseconds that a Binding takes. 64 under way at once are 1,000 a second then: what is reported of one API server
 * with etcd on a strong machine (docs/benchmarks.md has what was measured on this one).
 */
export const bindMs = 64;

/** What the job scheduler needs of an API server, for a scenario: no network, no throttling, no other writes. */
export function scenarioClient(door: Door, clock: Clock): Client {
  const read = (resource: ApiResource, target: Target): KubeObject => {
    const found = door.get(nameOf(resource), target.namespace ?? '', target.name ?? '');
    if (found === undefined) throw refused('not-found', `${resource.plural} ${target.name ?? ''}`);
    return found as unknown as KubeObject;
  };
  const all = (resource: ApiResource, query: WatchQuery): readonly KubeObject[] => {
    const objects = door.all(nameOf(resource)) as unknown as readonly KubeObject[];
    return objects.filter(selecting(query)).sort((a, b) => versionOf(a) - versionOf(b));
  };

  return {
    version: () => Promise.reject(refused('not-found', 'version')),
    get: (resource, target) => settled(() => read(resource, target)),
    list: (resource, query = {}) =>
      settled(() => {
        const items = all(resource, query);
        const resourceVersion = String(Math.max(0, ...items.map(versionOf)));
        return { items, resourceVersion, length: 1 };
      }),
    async *watch(resource, query, { signal, onOpen } = {}) {
      const stream = createStream<WatchEvent>();
      const selects = selecting(query);
      const since = Number(query.resourceVersion ?? '0');
      for (const object of all(resource, query))
        if (versionOf(object) > since) stream.push({ type: 'ADDED', object });
      const stop = door.watch(nameOf(resource), (change) => {
        const event = eventOf(change as unknown as Change, selects);
        if (event !== undefined) stream.push(event);
      });
      signal?.addEventListener('abort', stream.end, { once: true });
      onOpen?.();
      try {
        yield* stream;
      } finally {
        stop();
      }
    },
    async create(resource, target, body) {
      if (target.subresource !== 'binding') throw refused('forbidden', `create ${resource.plural}`);
      await clock.sleep(bindMs);
      bind(door, read(resource, target), body);
      return { metadata: {} };
    },
    update: (resource) => Promise.reject(refused('forbidden', `update ${resource.plural}`)),
    patch: (resource, target, { body }) =>
      settled(() => {
        if (target.subresource !== 'status') throw refused('forbidden', `patch ${resource.plural}`);
        writeStatus(door, read(resource, target), body as unknown as StatusPatch);
        return read(resource, target);
      }),
    delete: (resource, target) =>
      settled(() => {
        const pod = read(resource, target);
        door.remove('pods', pod as unknown as Pod);
        return pod;
      }),
  };
}

const nameOf = ({ group, plural }: ApiResource): Resource =>
  (group === '' ? plural : `${plural}.${group}`) as Resource;

const versionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion ?? '0');

const refused = (kind: KubeErrorKind, what: string): KubeError => new KubeError(`${what}: ${kind}`, { kind });

/** A request leaves the process: nothing comes of it within the same turn. */
async function settled<T>(work: () => T): Promise<T> {
  await Promise.resolve();
  return work();
}

function selecting({ fieldSelector = '' }: WatchQuery): (object: KubeObject) => boolean {
  const requirements = parseFields(fieldSelector);
  return (object) => matchesFields(requirements, (field) => fieldOf(object, field));
}

function fieldOf(object: KubeObject, path: string): string {
  const value = path
    .split('.')
    .reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), object);
  if (typeof value === 'string') return value;
  return path === 'spec.schedulerName' ? 'default-scheduler' : '';
}

interface Change {
  readonly type: WatchEvent['type'];
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/** What it is for who sees only what `selects` selects. */
function eventOf(
  { type, object, previous }: Change,
  selects: (object: KubeObject) => boolean,
): WatchEvent | undefined {
  const was = previous !== undefined && selects(previous);
  const is = type !== 'DELETED' && selects(object);
  if (is) return { type: was ? 'MODIFIED' : 'ADDED', object };
  return was || (type === 'DELETED' && selects(object)) ? { type: 'DELETED', object } : undefined;
}

function bind(door: Door, object: KubeObject, body: Json): void {
  const pod = object as unknown as Pod;
  const { metadata = {}, target } = body as unknown as Binding;
  const isFree = pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined;
  const isSame = metadata.uid === undefined || metadata.uid === pod.metadata.uid;
  if (!isFree || !isSame) throw refused('conflict', `binding of ${pod.metadata.name}`);
  door.bind(pod, target.name, metadata.annotations);
}

interface Binding {
  readonly metadata?: { readonly uid?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly target: { readonly name: string };
}

/** A strategic merge: conditions by their type. */
function writeStatus(door: Door, object: KubeObject, { metadata = {}, status }: StatusPatch): void {
  const { resourceVersion = object.metadata.resourceVersion } = metadata;
  if (resourceVersion !== object.metadata.resourceVersion) throw refused('conflict', 'status');
  const { conditions = [], ...rest } = status;
  door.update('pods', object as unknown as Pod, (draft) => {
    const own = childOf(draft, 'status');
    const known = (own['conditions'] ?? []) as unknown as StatusPatch['status']['conditions'];
    const kept = (known ?? []).filter(({ type }) => !conditions.some((one) => one.type === type));
    Object.assign(own, rest, { conditions: [...kept, ...conditions] });
  });
}

interface StatusPatch {
  readonly metadata?: { readonly resourceVersion?: string };
  readonly status: JsonObject & { readonly conditions?: readonly (JsonObject & { readonly type: string })[] };
}
