import { createCache, type Cache } from '../kube/cache.js';
import type { KubeObject } from '../kube/object.js';
import type { Labels } from '../objects/selector.js';
import { deletionCostAnnotation, workloadSpreadAnnotation } from '../objects/well-known.js';

/** A pod that is not bound yet: what a review of its Binding has to know, and cannot see. */
export interface PendingPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Of the owner with `controller: true`; empty without one. */
  readonly ownerKind: string;
  /** Somebody has set a deletion cost already. */
  readonly hasCost: boolean;
  /** A WorkloadSpread of OpenKruise has taken it. */
  readonly inWorkloadSpread: boolean;
  readonly labels: Labels;
}

export type PendingPods = Cache<PendingPod, never>;

/** Filled by a metadata-only list/watch of pods with `spec.nodeName=`; a bound pod leaves that watch as deleted. */
export function createPendingPods(): PendingPods {
  return createCache<PendingPod, never>({ indexes: {} });
}

export const pendingPodQuery = { fieldSelector: 'spec.nodeName=', metadataOnly: true } as const;

export function toPendingPod({ metadata }: KubeObject): PendingPod {
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    ownerKind: metadata.ownerReferences?.find((owner) => owner.controller === true)?.kind ?? '',
    hasCost: metadata.annotations?.[deletionCostAnnotation] !== undefined,
    inWorkloadSpread: metadata.annotations?.[workloadSpreadAnnotation] !== undefined,
    labels: metadata.labels ?? {},
  };
}
