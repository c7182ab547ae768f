import { createCache, type Cache } from '../../kube/cache.js';
import type { KubeObject } from '../../kube/object.js';
import { isObject } from '../../objects/json.js';
import { deploymentRevisionAnnotation } from '../../objects/well-known.js';

/** A ReplicaSet, as far as it tells whether its Deployment is being rolled out. */
export interface Revision {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Uid of the Deployment; empty without one. */
  readonly deploymentUid: string;
  /** 0 where it has none. */
  readonly revision: number;
  /** Replicas that it is to have, or still has. */
  readonly replicas: number;
}

export type Revisions = Cache<Revision, 'deployment' | 'uid'>;

export function createRevisions(): Revisions {
  return createCache<Revision, 'deployment' | 'uid'>({
    indexes: { deployment: (one) => one.deploymentUid, uid: (one) => one.uid },
    isSame: (a, b) => a.uid === b.uid && a.revision === b.revision && a.replicas === b.replicas,
  });
}

/** ReplicaSets of no Deployment are not kept: they are never rolled out. */
export function toRevision({ metadata, spec, status }: KubeObject): Revision | undefined {
  const owner = metadata.ownerReferences?.find((one) => one.controller === true);
  if (owner?.kind !== 'Deployment') return undefined;
  const revision = Number(metadata.annotations?.[deploymentRevisionAnnotation] ?? 0);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    deploymentUid: owner.uid,
    revision: Number.isSafeInteger(revision) ? revision : 0,
    replicas: Math.max(numberIn(spec, 'replicas'), numberIn(status, 'replicas')),
  };
}

/** Whether a ReplicaSet is an old revision of a Deployment that still has replicas of several. */
export function isRollingOut(replicaSetUid: string, revisions: Pick<Revisions, 'by'>): boolean {
  const [own] = revisions.by('uid', replicaSetUid);
  if (own === undefined) return false;
  return revisions
    .by('deployment', own.deploymentUid)
    .some((other) => other.revision > own.revision && other.replicas > 0);
}

function numberIn(parent: unknown, field: string): number {
  const value = isObject(parent) ? parent[field] : undefined;
  return typeof value === 'number' ? value : 0;
}
