import { providers } from '../providers/registry.js';

/** A `status.reason` of a pod that failed before it ran. */
export interface Rejection {
  readonly reason: string;
  readonly source: string;
}

const predicate = 'kubernetes:pkg/kubelet/lifecycle/predicate.go';

/**
 * By which an ordinary node's kubelet turns a pod away for what the node is at that moment. Left out are those that
 * say what the pod is, such as PodOSNotSupported and SysctlForbidden: another node would not help it, so they may
 * spend its Job's `backoffLimit`.
 */
export const kubeletRejections: readonly Rejection[] = [
  { reason: 'OutOfcpu', source: predicate },
  { reason: 'OutOfmemory', source: predicate },
  { reason: 'OutOfephemeral-storage', source: predicate },
  { reason: 'OutOfpods', source: predicate },
  // Named by the plug-in that said no: kubernetes:pkg/scheduler/framework/plugins/names/names.go.
  { reason: 'NodeAffinity', source: predicate },
  { reason: 'NodePorts', source: predicate },
  { reason: 'TaintToleration', source: predicate },
  { reason: 'InvalidNodeInfo', source: predicate },
  { reason: 'UnexpectedAdmissionError', source: predicate },
  { reason: 'NodeShutdown', source: 'kubernetes:pkg/kubelet/nodeshutdown/nodeshutdown_manager.go' },
];

/** These, and what the presets know of virtual kubelets that are out of stock; each once, in order. */
export const turnedAwayReasons: readonly string[] = [
  ...new Set(
    [...kubeletRejections, ...providers.flatMap(({ stock }) => stock?.statusReasons ?? [])].map(
      ({ reason }) => reason,
    ),
  ),
].sort();
