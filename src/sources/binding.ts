import { objectKey } from '../kube/object.js';
import type { RivalReason } from '../policy/reasons.js';
import type { ClusterView } from './cluster.js';
import type { PendingPod } from './pending-pods.js';

/** What a review of a Binding asks of the cluster. */
export interface BindingFacts {
  /** Presets that the node fits, the most specific first; undefined: it is no virtual node. */
  readonly providersOf: (node: string) => readonly string[] | undefined;
  /** The pod, where it was seen before it was bound. */
  readonly podOf: (namespace: string, name: string) => PendingPod | undefined;
  /** Why the deletion cost of the pod on that node is another's to set. */
  readonly rivalOf: (
    namespace: string,
    pod: Pick<PendingPod, 'labels' | 'inWorkloadSpread'>,
    node: string,
  ) => RivalReason | undefined;
}

export function bindingFacts({
  nodes,
  pendingPods,
  rivals,
}: Pick<ClusterView, 'nodes' | 'pendingPods' | 'rivals'>): BindingFacts {
  const nodeOf = (name: string) => nodes.get(objectKey('', name));
  return {
    providersOf: (name) => nodeOf(name)?.providers,
    podOf: (namespace, name) => pendingPods.get(objectKey(namespace, name)),
    rivalOf: (namespace, { labels, inWorkloadSpread }, node) =>
      rivals.of({ namespace, labels, inWorkloadSpread, byKarpenter: nodeOf(node)?.byKarpenter === true }),
  };
}
