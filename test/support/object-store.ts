import jsonpatch from 'fast-json-patch';
import type { Operation } from 'fast-json-patch';
import type { Client } from '../../src/kube/client.js';
import { KubeError, type KubeErrorKind } from '../../src/kube/errors.js';
import type { KubeObject } from '../../src/kube/object.js';
import type { Resource, Target } from '../../src/kube/resource.js';
import type { Json } from '../../src/objects/json.js';

/** A few objects, with the API server's rules for resourceVersion, 404 and 409. */
export interface ObjectStore {
  readonly client: Pick<Client, 'get' | 'create' | 'update' | 'patch'>;
  /** Undefined: there is none. */
  get(plural: string, name: string): KubeObject | undefined;
  /** As somebody else would. */
  put(plural: string, object: Json): void;
  remove(plural: string, name: string): void;
  /** `create secrets/name`, in order: writes that were tried. */
  readonly writes: string[];
  /** Each request fails so, until it is undefined again. */
  fault: KubeErrorKind | undefined;
  /** Called before a write is done: what it does comes first. */
  beforeWrite: ((write: string) => void) | undefined;
}

export function objectStore(): ObjectStore {
  const objects = new Map<string, KubeObject>();
  let version = 0;

  function store(key: string, object: Json): KubeObject {
    version += 1;
    const { metadata, ...rest } = structuredClone(object) as unknown as KubeObject;
    const stored = { ...rest, metadata: { ...metadata, resourceVersion: String(version) } };
    objects.set(key, stored);
    return structuredClone(stored);
  }

  const keyOf = ({ plural }: Resource, { name = '' }: Target) => `${plural}/${name}`;

  function found(key: string): KubeObject {
    const object = objects.get(key);
    if (object === undefined) throw new KubeError(`${key} not found`, { kind: 'not-found' });
    return structuredClone(object);
  }

  function allow(): void {
    if (self.fault !== undefined) throw new KubeError('fault', { kind: self.fault });
  }

  async function write(name: string, work: () => KubeObject): Promise<KubeObject> {
    await Promise.resolve();
    self.writes.push(name);
    self.beforeWrite?.(name);
    allow();
    return work();
  }

  const conflict = (key: string) => new KubeError(`${key} has changed`, { kind: 'conflict' });

  const self: ObjectStore = {
    writes: [],
    fault: undefined,
    beforeWrite: undefined,
    get: (plural, name) => objects.get(`${plural}/${name}`),
    put(plural, object) {
      store(`${plural}/${(object as unknown as KubeObject).metadata.name}`, object);
    },
    remove(plural, name) {
      objects.delete(`${plural}/${name}`);
    },
    client: {
      async get(resource, target) {
        await Promise.resolve();
        allow();
        return found(keyOf(resource, target));
      },
      create(resource, _target, body) {
        const { name } = (body as unknown as KubeObject).metadata;
        const key = `${resource.plural}/${name}`;
        return write(`create ${key}`, () => {
          if (objects.has(key)) throw conflict(key);
          return store(key, body);
        });
      },
      update(resource, target, body) {
        const key = keyOf(resource, target);
        return write(`update ${key}`, () => {
          const { resourceVersion } = (body as unknown as KubeObject).metadata;
          if (found(key).metadata.resourceVersion !== resourceVersion) throw conflict(key);
          return store(key, body);
        });
      },
      patch(resource, target, { type, body }) {
        const key = keyOf(resource, target);
        return write(`patch ${key}`, () => {
          if (type !== 'json') throw new Error(`only JSON patches are sent here, not ${type}`);
          const operations = body as unknown as readonly Operation[];
          return store(key, jsonpatch.applyPatch(found(key), operations, true).newDocument);
        });
      },
    },
  };
  return self;
}
