import { isObject, type JsonObject } from '../objects/json.js';

/** What every object of the API has. The rest is there too, as plain JSON: nothing is converted or dropped. */
export interface KubeObject extends JsonObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta extends JsonObject {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** Checks no more than that there is metadata: the API server's own answers are trusted beyond that. */
export function isKubeObject(value: unknown): value is KubeObject {
  return isObject(value) && isObject(value['metadata']);
}

/** `namespace/name`, or the bare name where there is no namespace. */
export type ObjectKey = string & { readonly __brand: 'ObjectKey' };

export function objectKey(namespace: string, name: string): ObjectKey {
  return (namespace === '' ? name : `${namespace}/${name}`) as ObjectKey;
}

export function keyOf({ metadata }: KubeObject): ObjectKey {
  return objectKey(metadata.namespace ?? '', metadata.name ?? '');
}

/** Which one it is; texts are empty where the object does not say. */
export interface Identity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export const identityOf = ({ namespace = '', name = '', uid = '' }: ObjectMeta): Identity => ({
  namespace,
  name,
  uid,
});

export function splitKey(key: ObjectKey): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, Math.max(0, slash)), name: key.slice(slash + 1) };
}
