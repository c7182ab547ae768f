import { AppError } from '../errors.js';
import { explain, type Explanation } from '../explain/explain.js';
import { explainMark, type MarkExplanation } from '../explain/mark.js';
import type { Client } from '../kube/client.js';
import { kindOf } from '../kube/errors.js';
import type { KubeObject } from '../kube/object.js';
import { apiVersionOf, resources } from '../kube/resource.js';
import { readManifests } from '../manifests/read.js';
import { reviewManifest } from '../manifests/review.js';
import type { Snapshot } from '../placement/snapshot.js';
import { readPodFacts } from './explain-pod.js';
import type { ObjectRef } from './object-ref.js';

export interface ExplainClusterDeps {
  readonly client: Client;
  readonly namespace: string;
  readonly policies: Snapshot;
}

/** Explains one object as the cluster has it now. @throws {AppError} object-not-found; kube-request. */
export async function explainLive(
  { resource, name }: ObjectRef,
  { client, namespace, policies }: ExplainClusterDeps,
): Promise<Explanation | MarkExplanation> {
  const title = `${resource.kind.toLowerCase()} ${namespace}/${name}`;
  const object = await client.get(resource, { namespace, name }).catch((error: unknown) => {
    if (kindOf(error) !== 'not-found') throw error;
    throw new AppError('object-not-found', `the cluster has no ${title}`, { cause: error });
  });
  const labels = await readIfAllowed(client.get(resources.namespaces, { name: namespace }));
  const known = policies.namespaceLabels;
  const snapshot: Snapshot = {
    ...policies,
    namespaceLabels: (other) => (other === namespace ? (labels?.metadata.labels ?? {}) : known(other)),
    ...(labels === undefined && { namespaceLabels: known }),
  };
  if (resource === resources.pods) return explainMark(await readPodFacts(object, client, snapshot));
  return explainWorkload({ ...object, apiVersion: apiVersionOf(resource), kind: resource.kind }, snapshot);
}

/** As if it were created now: what an earlier placement has put in is told of by its record. */
function explainWorkload(object: KubeObject, snapshot: Snapshot): Explanation {
  const [manifest] = readManifests([{ file: 'the cluster', text: JSON.stringify(object) }]).manifests;
  if (manifest === undefined) throw new Error('an object of the API server is no manifest');
  const explanation = explain(reviewManifest(manifest, '', snapshot), snapshot);
  return { ...explanation, at: 'in the cluster' };
}

/** Undefined where it is not there, or where this user may not see it. */
export async function readIfAllowed<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const kind = kindOf(error);
    if (kind === 'not-found' || kind === 'forbidden') return undefined;
    throw error;
  }
}
