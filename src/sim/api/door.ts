import type { Json, JsonObject } from '../../objects/json.js';
import type { Kind } from '../kinds/kind.js';
import { draftOf } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { requestTimeoutMs } from './call.js';
import type { Call, Core, User } from './call.js';
import { createObject } from './create.js';
import { bindPod, evictPod } from './pods.js';
import { selectionOf, selects } from './read.js';
import { removeObject } from './remove.js';
import type { DeleteOptions } from './remove.js';
import { patchObject } from './patch.js';
import { notFound, resourceNotFound, StatusError } from './status.js';
import { change, updateObject } from './update.js';
import { watchObjects } from './watch.js';
import type { WatchEvent } from './watch.js';

/** What a list or watch through the door is limited to. */
export interface Wanted {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Of every write through the door. */
export interface WriteOptions {
  /** Default: the user of the door. */
  readonly user?: User;
  readonly dryRun?: boolean;
  /** Recorded in managedFields. Default: none, which is faster. */
  readonly fieldManager?: string;
  readonly subresource?: 'status' | 'finalize';
}

/**
 * The API server's API for what lives in the same process: the same verbs, admission and errors (`StatusError`), no
 * HTTP. Resources are named as messages name them: `pods`, `jobs.batch`. Objects are shared with the store: they are
 * read, never changed.
 */
export interface Door {
  readonly revision: () => number;
  readonly get: (resource: string, namespace: string, name: string) => KubeObject | undefined;
  readonly list: (resource: string, wanted?: Wanted) => readonly KubeObject[];
  /**
   * Calls `handle` for what is there (unless `since` names a revision), then for each change, in order, right after it
   * happened and never inside of another call of it. Ends by the answer.
   */
  readonly watch: (
    resource: string,
    wanted: Wanted & { readonly since?: number },
    handle: (event: WatchEvent) => void,
  ) => () => void;
  readonly create: (resource: string, object: JsonObject, options?: WriteOptions) => Promise<KubeObject>;
  /** Replaces the whole object; a resourceVersion in it must be the current one. */
  readonly update: (resource: string, object: JsonObject, options?: WriteOptions) => Promise<KubeObject>;
  /** Reads, lets `edit` change a copy, writes; again where somebody else was faster. */
  readonly modify: (
    resource: string,
    namespace: string,
    name: string,
    edit: (draft: Draft) => void,
    options?: WriteOptions,
  ) => Promise<KubeObject>;
  /** A JSON merge patch, or a strategic one. */
  readonly patch: (
    resource: string,
    namespace: string,
    name: string,
    patch: JsonObject,
    options?: WriteOptions & { readonly type?: 'merge' | 'strategic' },
  ) => Promise<KubeObject>;
  readonly remove: (
    resource: string,
    namespace: string,
    name: string,
    options?: WriteOptions & DeleteOptions,
  ) => Promise<void>;
  /** POST of pods/binding. */
  readonly bind: (
    namespace: string,
    pod: string,
    node: string,
    metadata?: { readonly uid?: string; readonly annotations?: Readonly<Record<string, string>> },
    options?: WriteOptions,
  ) => Promise<void>;
  /** POST of pods/eviction. */
  readonly evict: (namespace: string, pod: string, options?: WriteOptions & DeleteOptions) => Promise<void>;
}

const insider: User = {
  username: 'system:kube-controller-manager',
  groups: ['system:masters', 'system:authenticated'],
};

export function createDoor(core: Core, user: User = insider): Door {
  const kindOf = (resource: string): Kind => {
    const kind = core.kinds.named(resource);
    if (kind === undefined) throw resourceNotFound();
    return kind;
  };
  const call = (kind: Kind, namespace: string, name: string, options: WriteOptions = {}): Call => ({
    kind,
    subresource: options.subresource ?? '',
    namespace: kind.namespaced ? namespace : '',
    name,
    user: options.user ?? user,
    dryRun: options.dryRun ?? false,
    fieldValidation: 'Strict',
    fieldManager: options.fieldManager,
    warnings: [],
    audit: {},
    deadline: core.clock.monotonic() + requestTimeoutMs,
  });
  const callOf = (resource: string, object: JsonObject, options?: WriteOptions): Call => {
    const { namespace = '', name = '' } = (object['metadata'] ?? {}) as { namespace?: string; name?: string };
    return call(kindOf(resource), namespace, name, options);
  };
  const select = (resource: string, wanted: Wanted) =>
    selectionOf(
      kindOf(resource),
      wanted.namespace ?? '',
      wanted.labelSelector ?? '',
      wanted.fieldSelector ?? '',
    );

  return {
    revision: () => core.store.revision,
    get: (resource, namespace, name) => {
      const kind = kindOf(resource);
      const stored = core.store.get(kind.storage, kind.namespaced ? namespace : '', name);
      return stored === undefined ? undefined : kind.fromStorage(stored);
    },
    list: (resource, wanted = {}) => {
      const selection = select(resource, wanted);
      const stored = core.store.list(selection.kind.storage, selection.namespace);
      return stored
        .map((object) => selection.kind.fromStorage(object))
        .filter((object) => selects(selection, object));
    },
    watch: (resource, wanted, handle) =>
      watchObjects(
        core,
        select(resource, wanted),
        {
          resourceVersion: wanted.since === undefined ? '' : String(wanted.since),
          resourceVersionMatch: '',
          sendInitialEvents: undefined,
          allowWatchBookmarks: false,
        },
        handle,
      ),
    create: (resource, object, options) => createObject(core, callOf(resource, object, options), object),
    update: async (resource, object, options) =>
      (await updateObject(core, callOf(resource, object, options), object)).object,
    modify: (resource, namespace, name, edit, options) =>
      modify(core, call(kindOf(resource), namespace, name, options), edit),
    patch: async (resource, namespace, name, patch, { type = 'merge', ...options } = {}) =>
      (await patchObject(core, call(kindOf(resource), namespace, name, options), type, patch)).object,
    remove: async (resource, namespace, name, options = {}) => {
      await removeObject(core, call(kindOf(resource), namespace, name, options), options);
    },
    bind: async (namespace, pod, node, metadata = {}, options) => {
      const binding: Json = { metadata: { name: pod, ...metadata }, target: { kind: 'Node', name: node } };
      await bindPod(
        core,
        { ...call(kindOf('pods'), namespace, pod, options), subresource: 'binding' },
        binding,
      );
    },
    evict: async (namespace, pod, { preconditions, gracePeriodSeconds, ...options } = {}) => {
      const deleteOptions = {
        ...(preconditions === undefined ? {} : { preconditions: { ...preconditions } }),
        ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      };
      const eviction: Json = { metadata: { name: pod, namespace }, deleteOptions };
      await evictPod(
        core,
        { ...call(kindOf('pods'), namespace, pod, options), subresource: 'eviction' },
        eviction,
      );
    },
  };
}

async function modify(core: Core, call: Call, edit: (draft: Draft) => void): Promise<KubeObject> {
  for (;;) {
    try {
      const { object } = await change(core, call, {
        createsIfMissing: false,
        records: true,
        produce: (current) => {
          if (current === undefined) throw notFound(call.kind, call.name);
          const draft = draftOf(current);
          edit(draft);
          return draft;
        },
      });
      return object;
    } catch (error) {
      if (!(error instanceof StatusError) || error.status.reason !== 'Conflict') throw error;
    }
  }
}
