import { identityOf, type KubeObject, type ObjectMeta } from '../kube/object.js';
import type { JsonObject } from '../objects/json.js';
import type { NodeChoice } from '../objects/node-affinity.js';
import type { Toleration } from '../objects/pod.js';
import {
  podRequests,
  type Amount,
  type SizedContainer,
  type SizedSpec,
  type SizedStatus,
} from '../objects/resources.js';
import type { Labels } from '../objects/selector.js';
import { deletionCostAnnotation, workloadSpreadAnnotation } from '../objects/well-known.js';
import { readPodFacts, type PodFacts } from '../placement/pod-facts.js';
import { unplaceable } from '../placement/unplaceable.js';

/** A port of the node that a container takes. */
export interface HostPort {
  readonly port: number;
  /** `TCP`, `UDP` or `SCTP`. */
  readonly protocol: string;
  /** `0.0.0.0`: every address. */
  readonly ip: string;
}

/** A pod that asks for this scheduler, as far as its place depends on it. */
export interface SchedulerPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Of its PriorityClass; 0 without one. */
  readonly priority: number;
  /** Milliseconds since the epoch, in whole seconds. */
  readonly createdAt: number;
  /** It has scheduling gates, is being deleted or has ended: nobody may bind it. */
  readonly isHeld: boolean;
  readonly requests: Amount;
  readonly hostPorts: readonly HostPort[];
  readonly spec: NodeChoice & { readonly tolerations?: readonly Toleration[] };
  /** Pods with the same text may go to the same nodes, as far as labels and taints tell. */
  readonly choice: string;
  readonly facts: PodFacts;
  /** What it asks for that this scheduler does not do; undefined: nothing. */
  readonly unplaceable: string | undefined;
  readonly owner: Owner;
  readonly labels: Labels;
  /** Somebody has set a deletion cost already. */
  readonly hasCost: boolean;
  readonly inWorkloadSpread: boolean;
}

/** The owner with `controller: true`; its texts are empty without one. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** What of a pod's spec is read here. */
export interface PodSpec extends SizedSpec, NodeChoice {
  readonly priority?: number;
  readonly schedulingGates?: readonly unknown[];
  readonly tolerations?: readonly Toleration[];
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Container extends SizedContainer {
  readonly ports?: readonly {
    readonly hostPort?: number;
    readonly hostIP?: string;
    readonly protocol?: string;
  }[];
}

/** What is kept of a pod as it arrives. @throws AppError object-invalid, which an API server's pod never is. */
export function toSchedulerPod(pod: KubeObject): SchedulerPod {
  const { metadata } = pod;
  const spec = (pod['spec'] ?? {}) as unknown as PodSpec;
  const choice = choiceOf(spec);
  const annotations = metadata.annotations ?? {};
  return {
    ...identityOf(metadata),
    priority: spec.priority ?? 0,
    createdAt: Date.parse(metadata.creationTimestamp ?? '') || 0,
    isHeld: isHeld(pod, spec),
    requests: podRequests(spec, (pod['status'] ?? {}) as SizedStatus),
    hostPorts: hostPortsOf(spec),
    spec: choice,
    choice: JSON.stringify(choice),
    facts: readPodFacts(pod, ''),
    unplaceable: unplaceable(spec as JsonObject, '/spec'),
    owner: ownerOf(metadata),
    labels: metadata.labels ?? {},
    hasCost: annotations[deletionCostAnnotation] !== undefined,
    inWorkloadSpread: annotations[workloadSpreadAnnotation] !== undefined,
  };
}

const isHeld = ({ metadata, status }: KubeObject, { schedulingGates = [] }: PodSpec): boolean =>
  metadata.deletionTimestamp !== undefined ||
  schedulingGates.length > 0 ||
  ['Failed', 'Succeeded'].includes((status as { readonly phase?: string } | undefined)?.phase ?? '');

const choiceOf = ({ nodeSelector, affinity, tolerations }: PodSpec): SchedulerPod['spec'] => ({
  ...(nodeSelector && { nodeSelector }),
  ...(affinity?.nodeAffinity && { affinity: { nodeAffinity: affinity.nodeAffinity } }),
  ...(tolerations && { tolerations }),
});

function ownerOf({ ownerReferences = [] }: ObjectMeta): Owner {
  const owner = ownerReferences.find(({ controller }) => controller === true);
  return owner === undefined ? nobody : { kind: owner.kind, name: owner.name, uid: owner.uid };
}

const nobody: Owner = { kind: '', name: '', uid: '' };

/** Init containers that are no sidecars run before the others, and take their ports all the same (kube-scheduler). */
export const hostPortsOf = ({ containers = [], initContainers = [] }: PodSpec): readonly HostPort[] =>
  [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')].flatMap(
    ({ ports = [] }) =>
      ports.flatMap(({ hostPort = 0, hostIP = '', protocol = 'TCP' }) =>
        hostPort === 0 ? [] : [{ port: hostPort, protocol, ip: hostIP === '' ? '0.0.0.0' : hostIP }],
      ),
  );
