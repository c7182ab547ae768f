import type { Client } from '../kube/client.js';
import { kindOf } from '../kube/errors.js';
import type { KubeObject } from '../kube/object.js';
import type { Resource, Target } from '../kube/resource.js';

/** Undefined: there is none. @throws {KubeError} for anything but 404 */
export async function getIfThere(
  client: Pick<Client, 'get'>,
  resource: Resource,
  target: Target,
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  try {
    return await client.get(resource, target, { signal });
  } catch (error) {
    if (kindOf(error) === 'not-found') return undefined;
    throw error;
  }
}
