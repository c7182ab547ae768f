import { isObject, type Json } from '../objects/json.js';
import type { Taint } from '../objects/pod.js';
import { createCache, type Cache } from '../kube/cache.js';
import type { KubeObject } from '../kube/object.js';
import { karpenterNodePoolLabel } from '../objects/well-known.js';
import { fitProviders } from '../providers/registry.js';

/** A virtual node, trimmed to what decisions read. Ordinary nodes are not kept. */
export interface VirtualNode {
  /** Empty: nodes have none. */
  readonly namespace: '';
  readonly name: string;
  readonly uid: string;
  /** Names of the presets it fits, the most specific first; at least one. */
  readonly providers: readonly string[];
  readonly cordoned: boolean;
  /** Karpenter made it, and may set the deletion cost of its pods. */
  readonly byKarpenter: boolean;
}

export type NodeRegistry = Cache<VirtualNode, never>;

/** Which nodes are virtual, and whose: kept equal to the cluster by a list/watch of full Nodes with `toVirtualNode`. */
export function createNodeRegistry(): NodeRegistry {
  return createCache<VirtualNode, never>({ indexes: {}, isSame });
}

/**
 * Metadata alone would not do: taints and cordon are in the spec.
 *
 * @returns undefined for an ordinary node.
 */
export function toVirtualNode({ metadata, spec }: KubeObject): VirtualNode | undefined {
  const fields = isObject(spec) ? spec : {};
  const fits = fitProviders(metadata.labels ?? {}, taintsOf(fields['taints']));
  if (fits.length === 0) return undefined;
  return {
    namespace: '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    providers: fits.map(({ name }) => name),
    cordoned: fields['unschedulable'] === true,
    byKarpenter: metadata.labels?.[karpenterNodePoolLabel] !== undefined,
  };
}

const taintsOf = (taints: Json | undefined): readonly Taint[] =>
  Array.isArray(taints) ? (taints as readonly Taint[]) : [];

function isSame(a: VirtualNode, b: VirtualNode): boolean {
  return (
    a.uid === b.uid &&
    a.cordoned === b.cordoned &&
    a.byKarpenter === b.byKarpenter &&
    a.providers.join() === b.providers.join()
  );
}
