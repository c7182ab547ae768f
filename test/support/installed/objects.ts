import type { Api } from '../../contract/cluster/behaviour.js';
import type { KubeObject } from '../../../src/kube/object.js';

export interface Placed {
  readonly object: KubeObject;
  /** Where it is, or undefined where the API server has no such kind. */
  readonly path: string | undefined;
}

/** Creates it, with strict field validation. @throws with the API server's words where it refuses. */
export async function createdIn(api: Api, object: KubeObject): Promise<Placed> {
  const collection = await collectionOf(api, object);
  if (collection === undefined) return { object, path: undefined };
  const { status, body } = await api.post(`${collection}?fieldValidation=Strict`, object);
  if (status !== 201)
    throw new Error(`${String(object['kind'])} ${object.metadata.name}: ${String(body.message)}`);
  return { object, path: `${collection}/${object.metadata.name}` };
}

async function collectionOf(api: Api, { kind, apiVersion, metadata }: KubeObject) {
  const version = String(apiVersion);
  const base = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  const { status, body } = await api.get(base);
  if (status !== 200) return undefined;
  const known = (
    body.resources as readonly {
      readonly name: string;
      readonly kind: string;
      readonly namespaced: boolean;
    }[]
  ).find((one) => one.kind === kind && !one.name.includes('/'));
  if (known === undefined) return undefined;
  const where = known.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  return `${base}${where}/${known.name}`;
}
