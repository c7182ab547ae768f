import type { Client } from '../../kube/client.js';
import { kindOf } from '../../kube/errors.js';
import { getIfThere } from '../get-if-there.js';
import type { LogPlan } from './decide.js';
import { policyOf, toLogObject } from './observe.js';

/** Who writes, in `managedFields`: of log CRs, and of one condition of policies. */
export const logManager = 'tidegate-log-config';

/**
 * Applies a log CR. What is ours already is taken back from whoever changed it; what another made meanwhile is left
 * alone. Answers whether it was written.
 *
 * @throws {KubeError} what the API server refused
 */
export async function applyLog(
  client: Pick<Client, 'get' | 'patch'>,
  namespace: string,
  label: string,
  { resource, name, body }: LogPlan['apply'][number],
  signal: AbortSignal,
): Promise<boolean> {
  const target = { namespace, name };
  const before = await getIfThere(client, resource, target, signal);
  if (before !== undefined && policyOf(toLogObject(before)) !== label) return false;
  const force = before !== undefined;
  await client.patch(resource, target, { type: 'apply', body }, { signal, fieldManager: logManager, force });
  return true;
}

/** Takes a log CR away, as long as it is the one that was seen. @throws {KubeError} */
export async function removeLog(
  client: Pick<Client, 'delete'>,
  { resource, object }: LogPlan['remove'][number],
  signal: AbortSignal,
): Promise<void> {
  const { namespace, name, uid, resourceVersion } = object;
  try {
    await client.delete(resource, { namespace, name }, { signal, preconditions: { uid, resourceVersion } });
  } catch (error) {
    if (kindOf(error) !== 'not-found') throw error;
  }
}
