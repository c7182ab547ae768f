import type { Client } from '../../kube/client.js';
import type { KubeObject } from '../../kube/object.js';
import { pages } from '../../kube/pages.js';
import { resources, type Resource } from '../../kube/resource.js';
import { optInLabel, optInValue } from '../../objects/well-known.js';
import type { WorkloadKind } from '../../objects/workload.js';
import type { Snapshot } from '../../placement/snapshot.js';
import type { Reason } from '../../policy/reasons.js';
import { assess, type Assessment, type Standing } from './decide.js';
import { readIsAsked } from './hooks.js';
import { readNamespaces } from './namespaces.js';

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
 * policy is for their kind. Read page by page; nothing is kept but the answers. What a selector of the webhook leaves out
 * is left alone.
 *
 * @throws {AppError} object-not-found, where there is no such namespace; KubeError.
 */
export async function auditCluster({
  client,
  policies,
  namespace,
}: AuditDeps): Promise<readonly AuditEntry[]> {
  const labels = await readNamespaces(client, namespace === undefined ? [] : [namespace]);
  const snapshot: Snapshot = { ...policies, namespaceLabels: (name) => labels.get(name) };
  const isAsked = await readIsAsked(client);
  const standingOf = (kind: WorkloadKind, object: KubeObject): Assessment => {
    const found = assess(kind, object, snapshot);
    const asked = isAsked(object, labels.get(object.metadata.namespace ?? '') ?? {});
    return asked || !needsWork.has(found.standing) ? found : { ...found, ...unasked };
  };

  const entries: AuditEntry[] = [];
  const read = async (kind: WorkloadKind, resource: Resource, where: { readonly namespace?: string }) => {
    for await (const object of pages(client, resource, where))
      if (kind === 'CronJob' || !isControlled(object))
        entries.push(entryOf(kind, object, standingOf(kind, object)));
  };

  await read('CronJob', resources.cronJobs, namespace === undefined ? {} : { namespace });
  const optedIn = [...labels].flatMap(([name, own]) => (own[optInLabel] === optInValue ? [name] : []));
  for (const name of optedIn.filter((one) => namespace === undefined || one === namespace)) {
    if (isFor('Job', policies)) await read('Job', resources.jobs, { namespace: name });
    if (isFor('Pod', policies)) await read('Pod', resources.pods, { namespace: name });
  }
  return entries.sort(inOrder);
}

/** Standings that somebody may want to do something about. */
export const needsWork: ReadonlySet<Standing> = new Set(['missed', 'would-change']);

const unasked = { standing: 'left-alone', because: 'webhook-not-asked' } as const;

const isFor = (kind: WorkloadKind, { index }: Pick<Snapshot, 'index'>): boolean =>
  index.ordered.some(({ kinds }) => kinds.has(kind));

const isControlled = ({ metadata: { ownerReferences = [] } }: KubeObject): boolean =>
  ownerReferences.some(({ controller }) => controller === true);

function entryOf(
  kind: WorkloadKind,
  object: KubeObject,
  { standing, because, policy, where }: Assessment,
): AuditEntry {
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
