import type { Verb } from './kind.js';

/** One built-in kind, by what sets it apart. */
export interface Row {
  readonly kind: string;
  readonly plural: string;
  /** Class in @kubernetes/client-node; default `V1` + kind. */
  readonly model?: string;
  readonly cluster?: boolean;
  readonly short?: readonly string[];
  readonly all?: boolean;
  readonly categories?: readonly string[];
  readonly sub?: readonly string[];
  readonly counts?: boolean;
  readonly createsOnPut?: boolean;
  readonly needsRevision?: boolean;
  readonly verbs?: readonly Verb[];
  readonly fields?: readonly string[];
  readonly storage?: string;
}

export const every: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
const extension = ['api-extensions'];
const involved = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

/** core/v1 */
export const coreRows: readonly Row[] = [
  { kind: 'Binding', plural: 'bindings', verbs: ['create'] },
  { kind: 'ConfigMap', plural: 'configmaps', short: ['cm'] },
  { kind: 'Endpoints', plural: 'endpoints', short: ['ep'], createsOnPut: true },
  {
    kind: 'Event',
    plural: 'events',
    model: 'CoreV1Event',
    short: ['ev'],
    createsOnPut: true,
    fields: [
      ...involved.map((name) => `involvedObject.${name}`),
      'reason',
      'reportingComponent',
      'source',
      'type',
    ],
  },
  {
    kind: 'Namespace',
    plural: 'namespaces',
    cluster: true,
    short: ['ns'],
    sub: ['finalize', 'status'],
    verbs: every.filter((verb) => verb !== 'deletecollection'),
    fields: ['status.phase'],
  },
  {
    kind: 'Node',
    plural: 'nodes',
    cluster: true,
    short: ['no'],
    sub: ['status'],
    fields: ['spec.unschedulable'],
  },
  { kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', short: ['pvc'], sub: ['status'] },
  { kind: 'PersistentVolume', plural: 'persistentvolumes', cluster: true, short: ['pv'], sub: ['status'] },
  {
    kind: 'Pod',
    plural: 'pods',
    short: ['po'],
    all: true,
    sub: ['binding', 'eviction', 'status'],
    counts: true,
    fields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.podIPs',
      'status.nominatedNodeName',
    ],
  },
  { kind: 'PodTemplate', plural: 'podtemplates', counts: true },
  {
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    short: ['rc'],
    all: true,
    sub: ['scale', 'status'],
    counts: true,
    fields: ['status.replicas'],
  },
  { kind: 'Secret', plural: 'secrets', fields: ['type'] },
  { kind: 'ServiceAccount', plural: 'serviceaccounts', short: ['sa'] },
  {
    kind: 'Service',
    plural: 'services',
    short: ['svc'],
    all: true,
    sub: ['status'],
    createsOnPut: true,
    fields: ['spec.clusterIP', 'spec.type'],
  },
];

/** By API version, in the order of the API server's discovery. */
export const groupRows: Readonly<Record<string, readonly Row[]>> = {
  'apps/v1': [
    { kind: 'ControllerRevision', plural: 'controllerrevisions' },
    { kind: 'DaemonSet', plural: 'daemonsets', short: ['ds'], all: true, sub: ['status'], counts: true },
    {
      kind: 'Deployment',
      plural: 'deployments',
      short: ['deploy'],
      all: true,
      sub: ['scale', 'status'],
      counts: true,
    },
    {
      kind: 'ReplicaSet',
      plural: 'replicasets',
      short: ['rs'],
      all: true,
      sub: ['scale', 'status'],
      counts: true,
      fields: ['status.replicas'],
    },
    {
      kind: 'StatefulSet',
      plural: 'statefulsets',
      short: ['sts'],
      all: true,
      sub: ['scale', 'status'],
      counts: true,
    },
  ],
  'events.k8s.io/v1': [
    {
      kind: 'Event',
      plural: 'events',
      model: 'EventsV1Event',
      short: ['ev'],
      createsOnPut: true,
      storage: 'events',
      fields: [...involved.map((name) => `regarding.${name}`), 'reason', 'reportingController', 'type'],
    },
  ],
  'authentication.k8s.io/v1': [
    { kind: 'SelfSubjectReview', plural: 'selfsubjectreviews', cluster: true, verbs: ['create'] },
  ],
  'authorization.k8s.io/v1': [
    { kind: 'SelfSubjectAccessReview', plural: 'selfsubjectaccessreviews', cluster: true, verbs: ['create'] },
    { kind: 'SubjectAccessReview', plural: 'subjectaccessreviews', cluster: true, verbs: ['create'] },
  ],
  'autoscaling/v2': [
    {
      kind: 'HorizontalPodAutoscaler',
      plural: 'horizontalpodautoscalers',
      model: 'V2HorizontalPodAutoscaler',
      short: ['hpa'],
      all: true,
      sub: ['status'],
    },
  ],
  'batch/v1': [
    { kind: 'CronJob', plural: 'cronjobs', short: ['cj'], all: true, sub: ['status'], counts: true },
    { kind: 'Job', plural: 'jobs', all: true, sub: ['status'], counts: true, fields: ['status.successful'] },
  ],
  'networking.k8s.io/v1': [
    { kind: 'IngressClass', plural: 'ingressclasses', cluster: true, counts: true },
    { kind: 'Ingress', plural: 'ingresses', short: ['ing'], sub: ['status'], counts: true },
    { kind: 'NetworkPolicy', plural: 'networkpolicies', short: ['netpol'], counts: true },
  ],
  'rbac.authorization.k8s.io/v1': [
    { kind: 'ClusterRoleBinding', plural: 'clusterrolebindings', cluster: true, createsOnPut: true },
    { kind: 'ClusterRole', plural: 'clusterroles', cluster: true, createsOnPut: true },
    { kind: 'RoleBinding', plural: 'rolebindings', createsOnPut: true },
    { kind: 'Role', plural: 'roles', createsOnPut: true },
  ],
  'storage.k8s.io/v1': [
    { kind: 'CSIDriver', plural: 'csidrivers', cluster: true, needsRevision: true },
    { kind: 'CSINode', plural: 'csinodes', cluster: true, needsRevision: true },
    { kind: 'StorageClass', plural: 'storageclasses', cluster: true, short: ['sc'] },
  ],
  'admissionregistration.k8s.io/v1': [
    {
      kind: 'MutatingWebhookConfiguration',
      plural: 'mutatingwebhookconfigurations',
      cluster: true,
      categories: extension,
      counts: true,
      needsRevision: true,
    },
    {
      kind: 'ValidatingWebhookConfiguration',
      plural: 'validatingwebhookconfigurations',
      cluster: true,
      categories: extension,
      counts: true,
      needsRevision: true,
    },
  ],
  'apiextensions.k8s.io/v1': [
    {
      kind: 'CustomResourceDefinition',
      plural: 'customresourcedefinitions',
      cluster: true,
      short: ['crd', 'crds'],
      categories: extension,
      sub: ['status'],
      counts: true,
      needsRevision: true,
    },
  ],
  'policy/v1': [
    {
      kind: 'PodDisruptionBudget',
      plural: 'poddisruptionbudgets',
      short: ['pdb'],
      sub: ['status'],
      counts: true,
    },
  ],
  'scheduling.k8s.io/v1': [
    { kind: 'PriorityClass', plural: 'priorityclasses', cluster: true, short: ['pc'], counts: true },
  ],
  'coordination.k8s.io/v1': [{ kind: 'Lease', plural: 'leases', createsOnPut: true, needsRevision: true }],
  'node.k8s.io/v1': [
    {
      kind: 'RuntimeClass',
      plural: 'runtimeclasses',
      cluster: true,
      createsOnPut: true,
      needsRevision: true,
    },
  ],
  'discovery.k8s.io/v1': [{ kind: 'EndpointSlice', plural: 'endpointslices', counts: true }],
  'flowcontrol.apiserver.k8s.io/v1': [
    { kind: 'FlowSchema', plural: 'flowschemas', cluster: true, sub: ['status'], counts: true },
    {
      kind: 'PriorityLevelConfiguration',
      plural: 'prioritylevelconfigurations',
      cluster: true,
      sub: ['status'],
      counts: true,
    },
  ],
};
