import type { Client } from '../kube/client.js';
import { kindOf } from '../kube/errors.js';
import { resources } from '../kube/resource.js';
import { onDisruption } from '../objects/job.js';
import { isObject } from '../objects/json.js';
import { objectAt } from '../objects/read.js';
import { disruptionTarget } from '../objects/well-known.js';
import type { BoundPod } from './bound-pod.js';

/** Why a stuck pod stays where it is. */
export type Stays =
  /** Its containers restart in place, and a replacement would count against the Job. */
  | 'restarts-in-place'
  /** Its Job counts every failure: the template has no podFailurePolicy that ignores disruptions. */
  | 'would-count'
  /** Nobody would make another one. */
  | 'no-owner';

export type Rescue =
  { readonly kind: 'rescued' | 'gone' } | { readonly kind: 'stays'; readonly because: Stays };

/** Controllers that make another pod for one that failed, and count nothing. */
const replacers: ReadonlySet<string> = new Set([
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'CloneSet',
]);

const makesAnother = (kind: string): boolean => kind === 'Job' || replacers.has(kind);

/**
 * Takes a pod that is bound and does not start out of the way, so that its owner makes another one. First its phase
 * becomes Failed with the condition DisruptionTarget, which a Job with the fitting podFailurePolicy does not count; then
 * it is deleted. Deleted alone it would hang on the Job's finalizer, and the Job would never replace it.
 *
 * @throws KubeError
 */
export async function rescue(client: Client, pod: BoundPod, because: string, now: number): Promise<Rescue> {
  const stays = await whyItStays(client, pod);
  if (stays !== undefined) return { kind: 'stays', because: stays };
  const { namespace, name, uid, resourceVersion } = pod;
  const message = `${because}; tidegate takes it off ${pod.node}`;
  const condition = {
    type: disruptionTarget,
    status: 'True',
    reason: 'PlacementFailed',
    message,
    lastTransitionTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
  };
  const body = {
    metadata: { uid, resourceVersion },
    status: { phase: 'Failed', reason: 'PlacementFailed', message, conditions: [condition] },
  };
  try {
    await client.patch(
      resources.pods,
      { namespace, name, subresource: 'status' },
      { type: 'strategic', body },
      { lane: 'writes' },
    );
    await client.delete(resources.pods, { namespace, name }, { preconditions: { uid } });
  } catch (error) {
    // It has moved on meanwhile: it is looked at again as it is then.
    if (kindOf(error) === 'not-found' || kindOf(error) === 'conflict') return { kind: 'gone' };
    throw error;
  }
  return { kind: 'rescued' };
}

async function whyItStays(
  client: Client,
  { pod, restartPolicy, namespace }: BoundPod,
): Promise<Stays | undefined> {
  const owner = pod?.owner;
  if (owner === undefined || !makesAnother(owner.kind)) return 'no-owner';
  if (owner.kind !== 'Job') return undefined;
  if (restartPolicy !== 'Never') return 'restarts-in-place';
  const { spec } = await client.get(resources.jobs, { namespace, name: owner.name });
  const policy = objectAt(isObject(spec) ? spec : {}, 'podFailurePolicy', '/spec') ?? {};
  return onDisruption(policy, '/spec/podFailurePolicy') === 'Ignore' ? undefined : 'would-count';
}
