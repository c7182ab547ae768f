import { AppError } from '../errors.js';

/** What the API server serves under one path. A plain value: a custom resource needs no code, only this. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const resource = (
  group: string,
  version: string,
  plural: string,
  kind: string,
  namespaced = true,
): Resource => ({
  group,
  version,
  plural,
  kind,
  namespaced,
});

/** The resources that tidegate talks to. */
export const resources = {
  pods: resource('', 'v1', 'pods', 'Pod'),
  nodes: resource('', 'v1', 'nodes', 'Node', false),
  namespaces: resource('', 'v1', 'namespaces', 'Namespace', false),
  events: resource('', 'v1', 'events', 'Event'),
  configMaps: resource('', 'v1', 'configmaps', 'ConfigMap'),
  secrets: resource('', 'v1', 'secrets', 'Secret'),
  services: resource('', 'v1', 'services', 'Service'),
  deployments: resource('apps', 'v1', 'deployments', 'Deployment'),
  replicaSets: resource('apps', 'v1', 'replicasets', 'ReplicaSet'),
  statefulSets: resource('apps', 'v1', 'statefulsets', 'StatefulSet'),
  daemonSets: resource('apps', 'v1', 'daemonsets', 'DaemonSet'),
  jobs: resource('batch', 'v1', 'jobs', 'Job'),
  cronJobs: resource('batch', 'v1', 'cronjobs', 'CronJob'),
  leases: resource('coordination.k8s.io', 'v1', 'leases', 'Lease'),
  podDisruptionBudgets: resource('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
  mutatingWebhooks: resource(
    'admissionregistration.k8s.io',
    'v1',
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
    false,
  ),
  mutatingAdmissionPolicies: resource(
    'admissionregistration.k8s.io',
    'v1',
    'mutatingadmissionpolicies',
    'MutatingAdmissionPolicy',
    false,
  ),
  endpointSlices: resource('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice'),
  customResourceDefinitions: resource(
    'apiextensions.k8s.io',
    'v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
    false,
  ),
  virtualNodePolicies: resource('tidegate.io', 'v1alpha1', 'virtualnodepolicies', 'VirtualNodePolicy', false),
} as const satisfies Record<string, Resource>;

/** Which objects, or which one. */
export interface Target {
  /** Absent for a cluster-scoped resource, and to list every namespace. */
  readonly namespace?: string;
  readonly name?: string;
  /** `status`, `binding`, `eviction`, `scale`. */
  readonly subresource?: string;
}

/** The path of a target. @throws AppError `usage` where namespace or name are missing: a fault of the caller. */
export function pathOf(resource: Resource, target: Target = {}): string {
  check(resource, target);
  const { namespace, name, subresource } = target;
  const parts = [resource.group === '' ? '/api' : `/apis/${resource.group}`, resource.version];
  if (namespace !== undefined) parts.push('namespaces', encodeURIComponent(namespace));
  parts.push(resource.plural);
  if (name !== undefined) parts.push(encodeURIComponent(name));
  if (subresource !== undefined) parts.push(subresource);
  return parts.join('/');
}

/** `apiVersion` as it stands in an object. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

function check(resource: Resource, { namespace, name }: Target): void {
  if (name === '' || namespace === '') {
    throw new AppError('usage', `${resource.plural}: expected a name and a namespace, came an empty text`);
  }
  if (name !== undefined && (namespace !== undefined) !== resource.namespaced) {
    const expected = resource.namespaced ? 'a namespace' : 'no namespace';
    throw new AppError(
      'usage',
      `${resource.plural} "${name}": expected ${expected}, came ${namespace ?? 'none'}`,
    );
  }
}
