import type { JsonObject } from '../../objects/json.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import { childOf, draftOf, timestamp } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import type { Store } from '../store/store.js';
import { controllerOf, phaseOf } from './objects.js';
import type { CronJob, Deployment, Job, Node, ObjectMeta, Pod, ReplicaSet } from './objects.js';

/** What the controllers work on, by the store's name of it. */
export interface Kinds {
  readonly 'cronjobs.batch': CronJob;
  readonly 'jobs.batch': Job;
  readonly pods: Pod;
  readonly nodes: Node;
  readonly 'deployments.apps': Deployment;
  readonly 'replicasets.apps': ReplicaSet;
}
export type Resource = keyof Kinds;

/** An object that a controller reads. */
export interface Named {
  readonly metadata: ObjectMeta;
}

/** May change an object before it is stored: mutating webhooks. */
export type Admission = (resource: Resource, subresource: string, object: Draft) => void;

/**
 * The way in for the controllers of the box, in the same process: straight to the store, without decoding and
 * validating what they write themselves, because they write a million times a day of the model. Webhooks are asked as
 * they are by the API server. Reading shows what is stored: the model's controllers have no stale caches.
 */
export interface Door {
  get<R extends Resource>(resource: R, namespace: string, name: string): Kinds[R] | undefined;
  all<R extends Resource>(resource: R): readonly Kinds[R][];
  /** What a controller owns, in the order of its making. */
  ownedBy<R extends Resource>(resource: R, uid: string): readonly Kinds[R][];
  podsOn(node: string): readonly Pod[];
  /** @returns undefined where the name is taken. */
  create<R extends Resource>(resource: R, object: JsonObject): Kinds[R] | undefined;
  /** Reads, changes and writes at once; an object that is gone stays gone. */
  update(resource: Resource, object: Named, change: (draft: Draft) => void): void;
  /** `annotations`: of the Binding; they come to stand on the pod. */
  bind(pod: Pod, node: string, annotations?: Readonly<Record<string, string>>): void;
  /** As a DELETE does: pods on a node get their grace, finalizers are waited for. `force` is a grace of 0. */
  remove(resource: Resource, object: Named, force?: boolean): void;
  watch<R extends Resource>(resource: R, handler: (change: Change<Kinds[R]>) => void): () => void;
}

export interface Change<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  readonly previous: T | undefined;
}

export interface DoorDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly admit?: Admission;
}

export function createDoor({ store, clock, random, admit = () => undefined }: DoorDeps): Door {
  const owned = new Map<Resource, Groups>();
  for (const resource of ['jobs.batch', 'pods', 'replicasets.apps'] as const) {
    owned.set(
      resource,
      group(store, resource, (object) => controllerOf(metaOf(object))?.uid),
    );
  }
  const byNode = group(store, 'pods', (object) => (object as unknown as Pod).spec.nodeName);

  function change(resource: Resource, object: Named, alter: (draft: Draft) => void): void {
    const current = find(resource, object);
    if (current === undefined) return;
    const draft = draftOf(current);
    alter(draft);
    const isGone = current.metadata.deletionTimestamp !== undefined && hasNoFinalizer(draft);
    const waits = resource === 'pods' && (current.metadata.deletionGracePeriodSeconds ?? 0) > 0;
    if (isGone && !waits) store.remove(resource, current, draft as unknown as KubeObject);
    else store.replace(resource, current, draft);
  }

  function remove(resource: Resource, object: Named, force = false): void {
    const current = find(resource, object);
    if (current === undefined) return;
    const grace = force || resource !== 'pods' ? 0 : graceOf(current as unknown as Pod);
    if (grace === 0 && (current.metadata.finalizers ?? []).length === 0) {
      store.remove(resource, current);
      return;
    }
    if (current.metadata.deletionTimestamp === undefined || force) markDeleted(resource, current, grace);
  }

  function markDeleted(resource: Resource, current: KubeObject, grace: number): void {
    const draft = draftOf(current);
    const metadata = childOf(draft, 'metadata');
    metadata['deletionTimestamp'] ??= timestamp(clock.now() + grace * 1000);
    metadata['deletionGracePeriodSeconds'] = grace;
    store.replace(resource, current, draft);
  }

  /** The same object, not another of its name. */
  function find(resource: Resource, { metadata }: Named): KubeObject | undefined {
    const current = store.get(resource, metadata.namespace ?? '', metadata.name);
    return current?.metadata.uid === metadata.uid ? current : undefined;
  }

  return {
    get: <R extends Resource>(resource: R, namespace: string, name: string) =>
      store.get(resource, namespace, name) as unknown as Kinds[R] | undefined,
    all: <R extends Resource>(resource: R) => store.list(resource) as unknown as readonly Kinds[R][],
    ownedBy: <R extends Resource>(resource: R, uid: string) =>
      (owned.get(resource)?.members(uid) ?? []) as unknown as readonly Kinds[R][],
    podsOn: (node) => byNode.members(node) as unknown as readonly Pod[],
    create<R extends Resource>(resource: R, object: JsonObject) {
      const draft = draftOf(object);
      const metadata = childOf(draft, 'metadata');
      if (typeof metadata['generateName'] === 'string')
        metadata['name'] ??= metadata['generateName'] + suffix(random);
      admit(resource, '', draft);
      metadata['uid'] = uid(random);
      metadata['creationTimestamp'] = timestamp(clock.now());
      metadata['generation'] = 1;
      if (resource === 'pods') childOf(draft, 'status')['phase'] ??= 'Pending';
      return store.create(resource, draft) as unknown as Kinds[R] | undefined;
    },
    update(resource, object, alter) {
      change(resource, object, (draft) => {
        alter(draft);
        admit(resource, 'status', draft);
      });
    },
    bind(pod, node, given) {
      const { namespace = '', name } = pod.metadata;
      const binding: Draft = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { namespace, name, ...(given && { annotations: { ...given } }) },
        target: { kind: 'Node', name: node },
      };
      admit('pods', 'binding', binding);
      const annotations = childOf(binding, 'metadata')['annotations'];
      change('pods', pod, (draft) => {
        childOf(draft, 'spec')['nodeName'] = node;
        if (annotations !== undefined) {
          Object.assign(childOf(childOf(draft, 'metadata'), 'annotations'), annotations);
        }
        const scheduled = {
          type: 'PodScheduled',
          status: 'True',
          lastTransitionTime: timestamp(clock.now()),
        };
        childOf(draft, 'status')['conditions'] = [scheduled];
      });
    },
    remove,
    watch: <R extends Resource>(resource: R, handler: (change: Change<Kinds[R]>) => void) =>
      store.watch(resource, (event) => {
        handler(event as unknown as Change<Kinds[R]>);
      }),
  };
}

const metaOf = (object: KubeObject): ObjectMeta => object.metadata;

/** pkg/registry/core/pod/strategy.go CheckGracefulDelete: none for a pod without a node, or one that has finished. */
function graceOf(pod: Pod): number {
  const phase = phaseOf(pod);
  if (pod.spec.nodeName === undefined || phase === 'Failed' || phase === 'Succeeded') return 0;
  return pod.spec.terminationGracePeriodSeconds ?? 30;
}

function hasNoFinalizer(draft: Draft): boolean {
  const { finalizers } = childOf(draft, 'metadata');
  return !Array.isArray(finalizers) || finalizers.length === 0;
}

interface Groups {
  members(key: string): readonly KubeObject[];
}

/** Objects of one resource by a key that never changes back. */
function group(store: Store, resource: Resource, keyOf: (object: KubeObject) => string | undefined): Groups {
  const groups = new Map<string, Map<string, KubeObject>>();
  const put = (object: KubeObject): void => {
    const key = keyOf(object);
    if (key === undefined) return;
    const members = groups.get(key) ?? new Map<string, KubeObject>();
    groups.set(key, members);
    members.set(object.metadata.uid, object);
  };
  store.list(resource).forEach(put);
  store.watch(resource, ({ type, object }) => {
    if (type !== 'DELETED') {
      put(object);
      return;
    }
    const key = keyOf(object) ?? '';
    const members = groups.get(key);
    members?.delete(object.metadata.uid);
    if (members?.size === 0) groups.delete(key);
  });
  return { members: (key) => [...(groups.get(key)?.values() ?? [])] };
}

/** Letters and digits of generated names (k8s.io/apimachinery/pkg/util/rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffix = (random: Random): string =>
  Array.from({ length: 5 }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');

function uid(random: Random): string {
  const hex = Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
