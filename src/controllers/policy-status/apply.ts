import type { Client } from '../../kube/client.js';
import type { JsonObject } from '../../objects/json.js';
import type { PolicyObject } from '../../sources/policy-objects.js';
import { writePolicyStatus } from '../policy-write.js';

/** Who writes, in `managedFields`. */
export const statusManager = 'tidegate-policy-status';

/** All of the status but the conditions of other controllers. @throws {KubeError} */
export const writeStatus = (
  client: Pick<Client, 'patch'>,
  policy: Pick<PolicyObject, 'name' | 'uid'>,
  status: JsonObject,
  signal: AbortSignal,
): Promise<void> => writePolicyStatus(client, statusManager, policy, status, signal);
