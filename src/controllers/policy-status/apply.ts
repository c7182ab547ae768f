import type { Client } from '../../kube/client.js';
import { apiVersionOf, resources } from '../../kube/resource.js';
import type { JsonObject } from '../../objects/json.js';

/** Who writes, in `managedFields`. */
export const statusManager = 'tidegate-policy-status';

/** By server-side apply, so that conditions of others stay. @throws {KubeError} */
export async function writeStatus(
  client: Pick<Client, 'patch'>,
  name: string,
  uid: string,
  status: JsonObject,
  signal: AbortSignal,
): Promise<void> {
  const { kind } = resources.virtualNodePolicies;
  const body = {
    apiVersion: apiVersionOf(resources.virtualNodePolicies),
    kind,
    metadata: { name, uid },
    status,
  };
  await client.patch(
    resources.virtualNodePolicies,
    { name, subresource: 'status' },
    { type: 'apply', body },
    { signal, fieldManager: statusManager, force: true, lane: 'status' },
  );
}
