import type { HostFeature, Refusal } from '../providers/provider.js';

/**
 * Why a review ended as it did: the one closed list. The id is the metric label, the log field, the audit
 * annotation and what `explain` and the warnings quote; a warning has 120 characters, so a sentence has 100.
 */
export const reasons = {
  // Not ours at all.
  'kind-not-handled': 'tidegate handles CronJobs, Jobs and Pods only',
  'operation-not-handled': 'this kind is not changed by this operation',
  subresource: 'subresources other than binding and status are left alone',

  // Nobody asked for it.
  'namespace-not-opted-in': 'the namespace lacks the label tidegate.io/virtual-nodes: enabled',
  'namespace-unknown': 'the labels of the namespace are not known, so a selector over them does not match',
  'opted-out': 'the workload carries tidegate.io/virtual-nodes: disabled',
  'no-policy-matches': 'no policy matches this workload',
  'kind-not-selected': 'the policy is not for this kind',
  'namespace-not-selected': 'the policy is not for this namespace',
  'labels-not-selected': 'the policy does not select the labels of this workload',
  'namespace-labels-not-selected': 'the policy does not select the labels of this namespace',
  'lower-priority': 'a policy before it has decided',
  'another-policy-chosen': 'the workload names another policy by tidegate.io/policy',
  'policy-not-selectable': 'the policy named by tidegate.io/policy may not be chosen by a workload',
  'policy-unknown': 'there is no policy of the name given by tidegate.io/policy',
  'outside-rollout-percent': 'the workload is outside the share that the policy places so far',
  'policy-observes': 'the policy only observes: nothing is changed',

  'system-namespace': 'namespaces of the cluster itself are left alone',
  'webhook-not-asked': 'a selector of the webhook leaves it out: it is not asked about it',
  'not-placed': 'nothing of tidegate is on it',
  outdated: 'it is placed otherwise than its policy wants by now',
  'taken-back': 'what an earlier placement put in is taken back',

  // It is as the policy wants it.
  placed: 'the policy placed it',
  'already-placed': 'everything that the policy wants is there already',

  // Marks of pods on virtual nodes.
  marked: 'the pod got the deletion cost of its policy',
  'already-marked': 'the pod carries the deletion cost of its policy already',
  unmarked: 'no policy wants a deletion cost on this pod any more, so ours was taken back',
  'not-bound': 'the pod is not bound to a node yet',
  'node-not-virtual': 'the node is no virtual node',
  'provider-not-named': 'the policy names no provider that the node fits',
  'no-cluster-watched': 'this process watches no cluster, so it knows neither its nodes nor its pods',
  'pod-not-known': 'the pod was not seen before it was bound; the controller looks after it',
  'cost-of-another': 'somebody else has set a deletion cost on the pod',
  'cost-of-karpenter': 'Karpenter sets the deletion cost of the pods on this node',
  'cost-of-resource-policy': 'an ACK ResourcePolicy orders the scale-in of this pod',
  'cost-of-workload-spread': 'an OpenKruise WorkloadSpread sets the deletion cost of this pod',
  'owner-does-not-rank': "the pod's owner does not rank its pods by deletion cost",
  'pod-finished': 'the pod has ended or is being deleted',

  // The status of pods of tidegate's scheduler.
  'turned-away': 'the pod was turned away before it ran, which its Job need not count',
  'another-scheduler': "the pod is another scheduler's",
  'not-failed-now': 'the pod does not fail in this write',
  'failed-otherwise': 'the pod was not turned away: it failed for another reason',
  'has-run': 'the pod has run: its failure is its own',
  'already-disrupted': 'the pod carries the condition DisruptionTarget already',

  // Never, whatever the policy and the provider.
  'has-node-name': 'the pod already names its node',
  'mirror-pod': "a mirror pod belongs to its node's kubelet",
  'daemonset-pod': 'a DaemonSet wants its pod on the node it was made for',
  'being-deleted': 'the object is being deleted',

  // The provider cannot run it.
  'host-network': 'the provider does not run pods with hostNetwork',
  'host-pid': 'the provider does not run pods with hostPID',
  'host-ipc': 'the provider does not run pods with hostIPC',
  'host-port': 'the provider does not run containers with a hostPort',
  'host-path': 'the provider does not mount hostPath volumes',
  privileged: 'the provider does not run privileged containers',
  'reserved-port': 'a container declares a port that the provider keeps for itself',
  'volume-type': 'the provider does not mount volumes of this type',
  'persistent-volume-claim': 'the provider does not mount persistent volume claims',
  'too-many-containers': 'the pod has more containers than the provider runs in one pod',
  'too-many-volumes': 'the pod has more volumes than the provider mounts into one pod',
  'requests-missing': 'the provider refuses pods without resource requests',
  'tcp-socket-probe': 'the provider does not run tcpSocket probes',
  'grpc-probe': 'the provider does not run gRPC probes',
  'startup-probe': 'the provider does not run startup probes',
  'tcp-socket-startup-probe': 'the provider does not run tcpSocket startup probes',
  'lifecycle-hook': 'the provider does not run lifecycle hooks',
  'args-without-command': 'the provider refuses containers that have args but no command',
  'init-container-ports': 'the provider refuses ports on init containers',
  'init-container-resources': 'the provider refuses resources on init containers',
  'init-container-probe': 'the provider refuses probes on init containers',
  'init-container-lifecycle-hook': 'the provider refuses lifecycle hooks on init containers',
  gpu: 'the provider has no GPUs',
  'field-path': 'the provider cannot resolve a field that a variable reads',
  'node-selector-conflict': "no node of the provider can meet the pod's node selector or affinity",
  'no-provider-fits': 'no provider of the policy can run this workload',

  // A wish that cannot be fulfilled; the rest is done.
  'placement-not-offered': 'the provider cannot do this type of placement',
  'steering-excluded': "the provider's way of steering cannot be mixed with the one before it",
  'log-destination-not-offered': 'the provider cannot write to any of the log destinations',
  'log-source-not-offered': 'the provider cannot read this kind of log source',
  'image-cache-not-offered': 'the provider has no image cache that a pod can ask for',
  'reuse-sandbox-not-offered': 'the provider reuses nothing of an earlier run',
  'time-zone-missing': 'the workload has no time zone to take',
  'own-scheduler-cannot-place': "tidegate's scheduler does not place such pods: the default one does",
  'restart-on-failure': 'with restartPolicy OnFailure a pod that does not start waits where it is',

  // Something is wrong; the object is let through unchanged.
  'object-invalid': 'a field that tidegate reads has the wrong type',
  'patch-invalid': 'the patch did not apply to the object',
  'annotations-too-large': 'the annotations would pass the 256 KiB that the API server allows',
  'object-too-large': 'the object would pass 1.4 MB',
  'internal-error': 'tidegate met an error of its own',
} as const;

export type Reason = keyof typeof reasons;

/** Exhaustive: a new host feature of `provider.ts` needs its reason here. */
export const hostFeatureReasons = {
  hostNetwork: 'host-network',
  hostPID: 'host-pid',
  hostIPC: 'host-ipc',
  hostPort: 'host-port',
  hostPath: 'host-path',
  privileged: 'privileged',
} as const satisfies Record<HostFeature, Reason>;

/** Exhaustive: a new refusal of `provider.ts` needs its reason here. */
export const refusalReasons = {
  persistentVolumeClaim: 'persistent-volume-claim',
  tcpSocketProbe: 'tcp-socket-probe',
  grpcProbe: 'grpc-probe',
  startupProbe: 'startup-probe',
  tcpSocketStartupProbe: 'tcp-socket-startup-probe',
  lifecycleHook: 'lifecycle-hook',
  argsWithoutCommand: 'args-without-command',
  initContainerPorts: 'init-container-ports',
  initContainerResources: 'init-container-resources',
  initContainerProbe: 'init-container-probe',
  initContainerLifecycleHook: 'init-container-lifecycle-hook',
  gpu: 'gpu',
} as const satisfies Record<Refusal, Reason>;

/** Other managers of deletion costs that tidegate knows by what they leave to be seen, and makes way for. */
export const rivalReasons = [
  'cost-of-karpenter',
  'cost-of-resource-policy',
  'cost-of-workload-spread',
] as const satisfies readonly Reason[];
export type RivalReason = (typeof rivalReasons)[number];

export const isRivalReason = (reason: Reason): reason is RivalReason =>
  (rivalReasons as readonly Reason[]).includes(reason);

export const isReason = (id: string): id is Reason => Object.hasOwn(reasons, id);
