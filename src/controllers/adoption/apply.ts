import type { Client } from '../../kube/client.js';
import { kindOf } from '../../kube/errors.js';
import { splitKey, type KubeObject, type ObjectKey } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import type { JsonObject } from '../../objects/json.js';
import { recordAnnotation } from '../../objects/well-known.js';
import type { Assessment } from './decide.js';

export interface AdoptDeps {
  readonly client: Pick<Client, 'get' | 'patch'>;
  /** What is to be done to the CronJob as the API server has it now. */
  readonly assess: (cronJob: KubeObject) => Assessment;
}

/**
 * What came of one CronJob; the label `result` of `tidegate_adoption_cronjobs_total`.
 *
 * - `placed` it is now as its policy wants it
 * - `taken-back` it is now as it was before any placement
 * - `kept` there was nothing to do
 * - `gone` it is no more
 * - `contested` it was written, and somebody changed it in the same write: another webhook, or ours before it has heard
 *   of a change
 */
export const adoptionResults = ['placed', 'taken-back', 'kept', 'gone', 'contested'] as const;
export type AdoptionResult = (typeof adoptionResults)[number];

/** Who writes, in `managedFields`: never for longer than it takes to write once more. */
export const adoptionManager = 'tidegate-adoption';

/**
 * Brings one CronJob to what is wanted. It is read first and assessed anew, and the write holds only for that
 * resourceVersion.
 *
 * A field that admission changes has no other manager than before; one that is patched is the patcher's, and its
 * owner's next server-side apply would be refused. So a second write puts the managers back as they were.
 *
 * @throws {KubeError} what the API server refused; a conflict too: it is to be tried again.
 */
export async function adopt(key: ObjectKey, deps: AdoptDeps, signal: AbortSignal): Promise<AdoptionResult> {
  try {
    const cronJob = await deps.client.get(resources.cronJobs, splitKey(key), { signal });
    const { operations } = deps.assess(cronJob);
    if (operations.length === 0) {
      await disown(key, cronJob, cronJob, deps, signal);
      return 'kept';
    }
    const written = await patch(key, cronJob, operations, deps, signal);
    await disown(key, written, cronJob, deps, signal);
    if (deps.assess(written).operations.length > 0) return 'contested';
    return written.metadata.annotations?.[recordAnnotation] === undefined ? 'taken-back' : 'placed';
  } catch (error) {
    if (kindOf(error) === 'not-found') return 'gone';
    throw error;
  }
}

/** Needed after a write of ours, also one that was cut off from its second by the end of a process. */
export const isOwned = ({ metadata }: KubeObject): boolean => managersOf(metadata).some(isOurs);

async function disown(
  key: ObjectKey,
  written: KubeObject,
  before: KubeObject,
  deps: AdoptDeps,
  signal: AbortSignal,
): Promise<void> {
  if (!isOwned(written)) return;
  const managers = managersOf(before.metadata).filter((one) => !isOurs(one));
  // Without any the API server would keep what is there: an empty entry makes it forget all.
  const value = managers.length === 0 ? [{}] : managers;
  await patch(key, written, [{ op: 'replace', path: '/metadata/managedFields', value }], deps, signal);
}

/** A resourceVersion that is written is a precondition: another one is a conflict. */
function patch(
  key: ObjectKey,
  { metadata: { resourceVersion = '' } }: KubeObject,
  operations: readonly JsonObject[],
  { client }: AdoptDeps,
  signal: AbortSignal,
): Promise<KubeObject> {
  const body = [...operations, { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion }];
  const options = { signal, lane: 'adoption', fieldManager: adoptionManager } as const;
  return client.patch(resources.cronJobs, splitKey(key), { type: 'json', body }, options);
}

const managersOf = (metadata: JsonObject): readonly JsonObject[] => {
  const { managedFields } = metadata;
  return Array.isArray(managedFields) ? (managedFields as readonly JsonObject[]) : [];
};

const isOurs = ({ manager }: JsonObject): boolean => manager === adoptionManager;
