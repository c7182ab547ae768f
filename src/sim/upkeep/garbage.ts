import type { Core } from '../api/call.js';
import { createDoor } from '../api/door.js';
import type { Door } from '../api/door.js';
import { StatusError } from '../api/status.js';
import { childOf, isList, objectsAt, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import type { StoreEvent } from '../store/history.js';
import { Tasks } from './tasks.js';

/** Where an object is. */
interface Place {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

const placeOf = (resource: string, { metadata }: KubeObject): Place => ({
  resource,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

const keyOf = ({ resource, namespace, name }: Place): string => `${resource} ${namespace}/${name}`;

/**
 * The garbage collector: dependents go when their last owner is gone, owners that wait for their dependents
 * (`foregroundDeletion`) go after them, and `orphan` sets dependents free. Source of the rules:
 * k8s.io/kubernetes/pkg/controller/garbagecollector/garbagecollector.go
 */
export class GarbageCollector {
  readonly #core: Core;
  readonly #door: Door;
  readonly #tasks: Tasks;
  readonly #places = new Map<string, Place>();
  readonly #dependents = new Map<string, Map<string, Place>>();
  readonly #stop: () => void;

  constructor(core: Core) {
    this.#core = core;
    this.#door = createDoor(core, {
      username: 'system:serviceaccount:kube-system:generic-garbage-collector',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    });
    this.#tasks = new Tasks(core.clock);
    this.#stop = core.store.watchAll((event) => {
      this.#observe(event);
    });
    this.reset();
  }

  stop(): void {
    this.#stop();
    this.#tasks.stop();
  }

  /** Learns anew what is there: after the store jumped. */
  reset(): void {
    this.#places.clear();
    this.#dependents.clear();
    const stored = this.#core.store
      .resources()
      .flatMap((resource) => this.#core.store.list(resource).map((object) => ({ resource, object })));
    for (const { resource, object } of stored)
      this.#places.set(object.metadata.uid, placeOf(resource, object));
    for (const { resource, object } of stored) this.#appear(placeOf(resource, object), object);
  }

  #observe({ resource, type, object, previous }: StoreEvent): void {
    const place = placeOf(resource, object);
    for (const owner of previous?.metadata.ownerReferences ?? [])
      this.#dependents.get(owner.uid)?.delete(keyOf(place));
    if (type === 'DELETED') this.#disappear(object);
    else this.#appear(place, object);
  }

  #appear(place: Place, { metadata }: KubeObject): void {
    this.#places.set(metadata.uid, place);
    for (const owner of metadata.ownerReferences ?? []) this.#link(owner.uid, place);
    if (metadata.deletionTimestamp !== undefined) this.#checkOwner(metadata.uid);
  }

  #disappear({ metadata }: KubeObject): void {
    this.#places.delete(metadata.uid);
    for (const dependent of this.#dependentsOf(metadata.uid)) this.#check(dependent);
    this.#dependents.delete(metadata.uid);
    for (const owner of metadata.ownerReferences ?? []) this.#checkOwner(owner.uid);
  }

  #link(owner: string, place: Place): void {
    const dependents = this.#dependents.get(owner) ?? new Map<string, Place>();
    this.#dependents.set(owner, dependents);
    dependents.set(keyOf(place), place);
    if (!this.#places.has(owner)) this.#check(place);
  }

  #dependentsOf(uid: string): readonly Place[] {
    return [...(this.#dependents.get(uid)?.values() ?? [])];
  }

  #get({ resource, namespace, name }: Place): KubeObject | undefined {
    return this.#core.store.get(resource, namespace, name);
  }

  #check(place: Place): void {
    this.#tasks.add(`dependent ${keyOf(place)}`, () => this.#collect(place));
  }

  #checkOwner(uid: string): void {
    const place = this.#places.get(uid);
    const finalizers = place === undefined ? [] : (this.#get(place)?.metadata.finalizers ?? []);
    if (place === undefined || !finalizers.some((name) => name === 'orphan' || name === 'foregroundDeletion'))
      return;
    this.#tasks.add(`owner ${keyOf(place)}`, () => this.#release(place));
  }

  /** Deletes an object that nobody owns any more, or takes the owners off that are gone. */
  async #collect(place: Place): Promise<void> {
    const object = this.#get(place);
    const owners = object?.metadata.ownerReferences ?? [];
    if (object === undefined || owners.length === 0) return;
    const gone = owners.filter(({ uid }) => !this.#places.has(uid) || this.#waits(uid));
    if (gone.length === 0) return;
    if (gone.length < owners.length) {
      await this.#dropOwners(place, new Set(gone.map(({ uid }) => uid)));
      return;
    }
    const own =
      this.#dependentsOf(object.metadata.uid).length > 0 && owners.some(({ uid }) => this.#waits(uid));
    await this.#try(() =>
      this.#door.remove(place.resource, place.namespace, place.name, {
        preconditions: { uid: object.metadata.uid },
        propagationPolicy: own ? 'Foreground' : 'Background',
      }),
    );
  }

  /** The owner waits for its dependents to go first. */
  #waits(uid: string): boolean {
    const place = this.#places.get(uid);
    const metadata = place === undefined ? undefined : this.#get(place)?.metadata;
    return (
      metadata?.deletionTimestamp !== undefined &&
      metadata.finalizers?.includes('foregroundDeletion') === true
    );
  }

  /** Does what the owner's finalizer asks for, and takes it off when that is done. */
  async #release(place: Place): Promise<void> {
    const owner = this.#get(place);
    if (owner?.metadata.deletionTimestamp === undefined) return;
    const { uid, finalizers = [] } = owner.metadata;
    const dependents = this.#dependentsOf(uid);
    if (finalizers.includes('orphan')) {
      for (const dependent of dependents) await this.#dropOwners(dependent, new Set([uid]));
      await this.#dropFinalizer(place, 'orphan');
    } else if (finalizers.includes('foregroundDeletion')) {
      for (const dependent of dependents) await this.#collect(dependent);
      if (!this.#dependentsOf(uid).some((dependent) => this.#blocks(dependent, uid))) {
        await this.#dropFinalizer(place, 'foregroundDeletion');
      }
    }
  }

  #blocks(place: Place, owner: string): boolean {
    const owners = this.#get(place)?.metadata.ownerReferences ?? [];
    return owners.some(({ uid, blockOwnerDeletion }) => uid === owner && blockOwnerDeletion === true);
  }

  #dropOwners(place: Place, uids: ReadonlySet<string>): Promise<void> {
    return this.#edit(place, (metadata) => {
      const left = objectsAt(metadata, 'ownerReferences').filter((owner) => !uids.has(textAt(owner, 'uid')));
      if (left.length === 0) delete metadata['ownerReferences'];
      else metadata['ownerReferences'] = left;
    });
  }

  #dropFinalizer(place: Place, finalizer: string): Promise<void> {
    return this.#edit(place, (metadata) => {
      const { finalizers } = metadata;
      const left = isList(finalizers) ? finalizers.filter((name) => name !== finalizer) : [];
      if (left.length === 0) delete metadata['finalizers'];
      else metadata['finalizers'] = [...left];
    });
  }

  #edit({ resource, namespace, name }: Place, edit: (metadata: Draft) => void): Promise<void> {
    return this.#try(async () => {
      await this.#door.modify(resource, namespace, name, (draft) => {
        edit(childOf(draft, 'metadata'));
      });
    });
  }

  /** What is gone already needs nothing done. */
  async #try(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (!(error instanceof StatusError) || error.status.code !== 404) throw error;
    }
  }
}
