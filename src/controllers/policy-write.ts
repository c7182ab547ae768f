import type { Client } from '../kube/client.js';
import { apiVersionOf, resources } from '../kube/resource.js';
import type { JsonObject } from '../objects/json.js';

/**
 * Writes one manager's part of a policy's status by server-side apply: what it applied before and leaves out now goes,
 * and the conditions of others stay. Another object of the same name is left alone.
 *
 * @throws {KubeError}
 */
export async function writePolicyStatus(
  client: Pick<Client, 'patch'>,
  fieldManager: string,
  { name, uid }: { readonly name: string; readonly uid: string },
  status: JsonObject,
  signal: AbortSignal,
): Promise<void> {
  const resource = resources.virtualNodePolicies;
  const body = { apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: { name, uid }, status };
  await client.patch(
    resource,
    { name, subresource: 'status' },
    { type: 'apply', body },
    { signal, fieldManager, force: true, lane: 'status' },
  );
}
