import type { Client } from '../../kube/client.js';
import type { KubeObject } from '../../kube/object.js';
import { pages } from '../../kube/pages.js';
import { resources, type Resource } from '../../kube/resource.js';
import type { Labels } from '../../objects/selector.js';
import { optInLabel, optInValue } from '../../objects/well-known.js';
import type { WorkloadKind } from '../../objects/workload.js';
import type { Snapshot } from '../../placement/snapshot.js';
import type { Reason } from '../../policy/reasons.js';
import { assess, type Standing } from './decide.js';

/** One workload of the cluster, and how it stands. */
export interface AuditEntry {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly standing: Standing;
  readonly reason: Reason;
  readonly policy?: string;
  readonly where?: string;
}

export interface AuditDeps {
  readonly client: Pick<Client, 'list'>;
  /** Whatever it says of Namespaces is not asked: the cluster is. */
  readonly policies: Omit<Snapshot, 'namespaceLabels'>;
  /** Default: all. */
  readonly namespace?: string;
}

/**
 * How every workload stands: all CronJobs, and in opted-in namespaces the Jobs and Pods that nobody controls, where a
 * policy is for their kind. Read page by page; nothing is kept but the answers.
 *
 * @throws {KubeError}
 */
export async function auditCluster({
  client,
  policies,
  namespace,
}: AuditDeps): Promise<readonly AuditEntry[]> {
  const labels = new Map<string, Labels>();
  for await (const one of pages(client, resources.namespaces, { metadataOnly: true }))
    labels.set(one.metadata.name ?? '', one.metadata.labels ?? {});
  const snapshot: Snapshot = { ...policies, namespaceLabels: (name) => labels.get(name) };

  const entries: AuditEntry[] = [];
  const read = async (kind: WorkloadKind, resource: Resource, where: { readonly namespace?: string }) => {
    for await (const object of pages(client, resource, where))
      if (kind === 'CronJob' || !isControlled(object)) entries.push(entryOf(kind, object, snapshot));
  };

  await read('CronJob', resources.cronJobs, namespace === undefined ? {} : { namespace });
  const optedIn = [...labels].flatMap(([name, own]) => (own[optInLabel] === optInValue ? [name] : []));
  for (const name of optedIn.filter((one) => namespace === undefined || one === namespace)) {
    if (isFor('Job', policies)) await read('Job', resources.jobs, { namespace: name });
    if (isFor('Pod', policies)) await read('Pod', resources.pods, { namespace: name });
  }
  return entries.sort(inOrder);
}

const isFor = (kind: WorkloadKind, { index }: Pick<Snapshot, 'index'>): boolean =>
  index.ordered.some(({ kinds }) => kinds.has(kind));

const isControlled = ({ metadata: { ownerReferences = [] } }: KubeObject): boolean =>
  ownerReferences.some(({ controller }) => controller === true);

function entryOf(kind: WorkloadKind, object: KubeObject, snapshot: Snapshot): AuditEntry {
  const { standing, because, policy, where } = assess(kind, object, snapshot);
  const { namespace = '', name = '' } = object.metadata;
  return {
    kind,
    namespace,
    name,
    standing,
    reason: because,
    ...(policy === undefined ? {} : { policy }),
    ...(where === undefined ? {} : { where }),
  };
}

function inOrder(a: AuditEntry, b: AuditEntry): number {
  for (const field of ['namespace', 'kind', 'name'] as const)
    if (a[field] !== b[field]) return a[field] < b[field] ? -1 : 1;
  return 0;
}
