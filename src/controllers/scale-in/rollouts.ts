import { createCache, type Cache } from '../../kube/cache.js';
import type { KubeObject } from '../../kube/object.js';
import { isObject } from '../../objects/json.js';
import { deploymentRevisionAnnotation } from '../../objects/well-known.js';
import type { Owner } from './pods.js';

/** A ReplicaSet, as far as it tells whether its Deployment is being rolled out. */
export interface Revision {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly deploymentUid: string;
  readonly deploymentName: string;
  /** 0 where it has none. */
  readonly revision: number;
  /** It is to have replicas, or still has some. How many would make each pod of a rollout a change. */
  readonly hasReplicas: boolean;
}

export type Revisions = Cache<Revision, 'deployment' | 'uid'>;

export function createRevisions(): Revisions {
  return createCache<Revision, 'deployment' | 'uid'>({
    indexes: { deployment: (one) => one.deploymentUid, uid: (one) => one.uid },
    isSame: (a, b) => a.uid === b.uid && a.revision === b.revision && a.hasReplicas === b.hasReplicas,
  });
}

/** ReplicaSets of no Deployment are not kept: they are never rolled out. */
export function toRevision({ metadata, spec, status }: KubeObject): Revision | undefined {
  const owner = metadata.ownerReferences?.find((one) => one.controller === true);
  if (owner?.kind !== 'Deployment') return undefined;
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    deploymentUid: owner.uid,
    deploymentName: owner.name,
    revision: revisionOf(metadata.annotations?.[deploymentRevisionAnnotation]),
    hasReplicas: numberIn(spec, 'replicas') > 0 || numberIn(status, 'replicas') > 0,
  };
}

/** Whether a ReplicaSet is an old revision of a Deployment that still has replicas of several. */
export function isRollingOut(replicaSetUid: string, revisions: Pick<Revisions, 'by'>): boolean {
  const [own] = revisions.by('uid', replicaSetUid);
  if (own === undefined) return false;
  return revisions
    .by('deployment', own.deploymentUid)
    .some((other) => other.revision > own.revision && other.hasReplicas);
}

/** Who people look at: the Deployment of a ReplicaSet, else the owner itself. */
export function topOwner(owner: Owner, revisions: Pick<Revisions, 'by'>): Owner {
  const [own] = revisions.by('uid', owner.uid);
  if (own === undefined) return owner;
  return { apiVersion: 'apps/v1', kind: 'Deployment', name: own.deploymentName, uid: own.deploymentUid };
}

function revisionOf(text = '0'): number {
  const revision = Number(text);
  return Number.isSafeInteger(revision) ? revision : 0;
}

function numberIn(parent: unknown, field: string): number {
  const value = isObject(parent) ? parent[field] : undefined;
  return typeof value === 'number' ? value : 0;
}
