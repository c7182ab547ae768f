import type { Json, JsonObject } from '../../objects/json.js';

/** An object's metadata as the store holds it: every field that the server fills in is there. */
export type Meta = {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Counts changes of the spec; absent for kinds that do not count. */
  readonly generation?: number;
  /** RFC 3339, whole seconds. */
  readonly creationTimestamp: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
  readonly managedFields?: readonly ManagedFields[];
};

export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

/** What one writer set, as the server-side apply protocol writes it down. */
export type ManagedFields = {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: JsonObject;
  readonly subresource?: string;
};

/** A stored object. Never changed in place: a write makes a new one that shares what stayed the same. */
export type KubeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Meta;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly [key: string]: Json | undefined;
};

/** JSON under construction, owned by whoever holds it. */
export type DraftJson = null | boolean | number | string | DraftJson[] | Draft;
export type Draft = { [key: string]: DraftJson | undefined };

/** A copy that may be changed. */
export function draftOf(value: JsonObject): Draft {
  return copy(value) as Draft;
}

/** A deep copy of plain JSON. */
export function copy(value: Json): DraftJson {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(copy);
  const out: Draft = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined) out[key] = copy(member);
  }
  return out;
}

/** `Array.isArray` that also narrows readonly arrays. */
export const isList = (value: unknown): value is readonly Json[] => Array.isArray(value);

export const isDraft = (value: unknown): value is Draft =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member as an object, made where it is absent. */
export function childOf(parent: Draft, key: string): Draft {
  const child = parent[key];
  if (isDraft(child)) return child;
  const made: Draft = {};
  parent[key] = made;
  return made;
}

/** Sets what is absent. */
export function fillIn(object: Draft, defaults: Draft): void {
  for (const key in defaults) object[key] ??= defaults[key];
}

/** Sets a copy, or takes the member away where there is no value. */
export function setOrDelete(object: Draft, key: string, value: Json | undefined): void {
  if (value === undefined) Reflect.deleteProperty(object, key);
  else object[key] = copy(value);
}

/** What lies at the path, or undefined where a step is missing. */
export function at(value: unknown, ...path: readonly string[]): Json | undefined {
  let here: unknown = value;
  for (const key of path) {
    if (!isDraft(here)) return undefined;
    here = here[key];
  }
  return here as Json | undefined;
}

export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : undefined;
}

/** The objects of a list; empty where there is none. */
export function objectsAt(value: unknown, ...path: readonly string[]): readonly Draft[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isDraft) : [];
}

/** The map of strings at the path; empty where there is none. */
export function stringsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> {
  const found = at(value, ...path);
  return isDraft(found) ? (found as Record<string, string>) : {};
}

/** RFC 3339 with whole seconds, as metav1.Time is written. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Sorts as etcd's keys do. */
export const keyOf = (namespace: string, name: string): string =>
  namespace === '' ? name : `${namespace}/${name}`;

export const keyOfObject = (object: KubeObject): string =>
  keyOf(object.metadata.namespace ?? '', object.metadata.name);
