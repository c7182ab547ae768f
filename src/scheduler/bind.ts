import type { Client } from '../kube/client.js';
import { KubeError, kindOf } from '../kube/errors.js';
import { resources } from '../kube/resource.js';

export interface BindRequest {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  /** Copied to the pod in the same write. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** How a Binding ended. */
export type BindResult =
  | { readonly kind: 'bound' }
  /** Nothing is left to do: `gone`, `elsewhere` (somebody else bound it), `held` (gates, or being deleted). */
  | { readonly kind: 'gone' | 'elsewhere' | 'held' }
  | { readonly kind: 'failed'; readonly error: KubeError };

/**
 * Binds a pod to a node. The uid is a precondition, so a namesake is never bound in its place. Whatever is in doubt, a
 * conflict or an answer that did not come, is read again: a Binding that was carried out after all counts as one, so a
 * retry is safe.
 */
export async function bind(client: Client, request: BindRequest): Promise<BindResult> {
  const { namespace, name, uid, node, annotations } = request;
  const body = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace, uid, annotations },
    target: { apiVersion: 'v1', kind: 'Node', name: node },
  };
  try {
    await client.create(resources.pods, { namespace, name, subresource: 'binding' }, body, { lane: 'binds' });
    return { kind: 'bound' };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.kind === 'not-found') return { kind: 'gone' };
    if (error.kind === 'conflict' || error.effect === 'unknown') return asItIs(client, request, error);
    return { kind: 'failed', error };
  }
}

async function asItIs(client: Client, request: BindRequest, error: KubeError): Promise<BindResult> {
  const { namespace, name, uid, node } = request;
  try {
    const { metadata, spec } = await client.get(resources.pods, { namespace, name });
    if (metadata.uid !== uid) return { kind: 'gone' };
    const { nodeName = '', schedulingGates = [] } = spec as unknown as PodSpec;
    if (nodeName !== '') return { kind: nodeName === node ? 'bound' : 'elsewhere' };
    const isHeld = metadata.deletionTimestamp !== undefined || schedulingGates.length > 0;
    return isHeld ? { kind: 'held' } : { kind: 'failed', error };
  } catch (readError) {
    return kindOf(readError) === 'not-found' ? { kind: 'gone' } : { kind: 'failed', error };
  }
}

interface PodSpec {
  readonly nodeName?: string;
  readonly schedulingGates?: readonly unknown[];
}
