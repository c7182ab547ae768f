/**
 * Every key that tidegate shares with Kubernetes or puts on objects itself. A provider's own keys live in its
 * preset.
 */

/** Namespace label: the platform team opted this namespace in. */
export const optInLabel = 'tidegate.io/virtual-nodes';
export const optInValue = 'enabled';

/** Workload annotation `disabled`: the developer opted this workload out. */
export const optOutAnnotation = 'tidegate.io/virtual-nodes';
export const optOutValue = 'disabled';

/** Workload annotation: the name of a selectable policy. */
export const policyAnnotation = 'tidegate.io/policy';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#app-kubernetes-io-managed-by */
export const managedByLabel = 'app.kubernetes.io/managed-by';
export const managedBy = 'tidegate';

/** Label of an object that is there for a policy's sake: the policy's name, as far as a label can hold it. */
export const policyLabel = 'tidegate.io/policy';

/** The record of what was added and taken away, on the admitted object's own metadata. */
export const recordAnnotation = 'tidegate.io/placement';

/** Pod label: a Fargate profile may select by it. */
export const fargateLabel = 'tidegate.io/fargate';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#pod-deletion-cost */
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

/** Says that the deletion cost on this pod is ours, and of which policy. */
export const markAnnotation = 'tidegate.io/deletion-cost-by';

/** On each pod that `tidegate scheduler` bound: where, why and when, as JSON. */
export const schedulingAnnotation = 'tidegate.io/scheduling';

/** What our writes are recorded as in managedFields; a Binding's annotations are recorded as nobody's. */
export const fieldManager = 'tidegate';

/** On each pod of an OpenKruise WorkloadSpread: openkruise/kruise pkg/util/workloadspread/workloadspread.go. */
export const workloadSpreadAnnotation = 'apps.kruise.io/matched-workloadspread';

/** On each node that Karpenter made: kubernetes-sigs/karpenter pkg/apis/v1/labels.go `NodePoolLabelKey`. */
export const karpenterNodePoolLabel = 'karpenter.sh/nodepool';

/** What Karpenter's writes are recorded as: pkg/operator/operator.go `AppName`, the first part of its user agent. */
export const karpenterFieldManager = 'karpenter';

/** Static pods: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-config-mirror */
export const mirrorPodAnnotation = 'kubernetes.io/config.mirror';

/** Set on every Namespace by the API server. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name';

/** Node conditions that the node controller turns into NoExecute taints. */
export const notReadyTaint = 'node.kubernetes.io/not-ready';
export const unreachableTaint = 'node.kubernetes.io/unreachable';

/** Seconds that the DefaultTolerationSeconds admission plug-in gives a pod on such a node (its flag's default). */
export const defaultTolerationSeconds = 300;

/** The scheduler of pods that name none. */
export const defaultScheduler = 'default-scheduler';

/** The name under which the scheduler of tidegate runs. */
export const ownScheduler = 'tidegate-scheduler';

/** https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
export const disruptionTarget = 'DisruptionTarget';

/** The taint of a virtual kubelet: virtual-kubelet/virtual-kubelet cmd/virtual-kubelet/internal/commands/root/node.go. */
export const virtualKubeletTaint = 'virtual-kubelet.io/provider';

/** The label of a virtual kubelet's node: virtual-kubelet/virtual-kubelet node/nodeutil/controller.go. */
export const virtualKubeletLabel = 'type';
export const virtualKubeletLabelValue = 'virtual-kubelet';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-network-unavailable */
export const networkUnavailableTaint = 'node.kubernetes.io/network-unavailable';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#nodekubernetesioinstance-type */
export const instanceTypeLabel = 'node.kubernetes.io/instance-type';

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-os */
export const osLabel = 'kubernetes.io/os';

/** Number of a Deployment's revision, on its ReplicaSets: pkg/controller/deployment/util `RevisionAnnotation`. */
export const deploymentRevisionAnnotation = 'deployment.kubernetes.io/revision';
