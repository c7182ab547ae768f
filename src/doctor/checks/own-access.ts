import { refusedOf, textOf, type Access } from '../access.js';
import { ok, warning, type Check, type Finding, type Names } from '../check.js';

/** What whoever runs the doctor may not look at, its checks skip: a green rest says less then. */
export const ownAccess: Check = {
  id: 'own-access',
  needs: ['api-server'],
  async run({ read, names }) {
    return [judgeOwnAccess(await refusedOf(read.client, undefined, lookedAt(names)))];
  },
};

export function judgeOwnAccess(refused: readonly Access[]): Finding {
  if (refused.length === 0) return ok('you may look at all that is to be looked at');
  const reason = `you may not ${refused.map(textOf).join(', ')}: what needs it is skipped`;
  return warning(reason, 'run it with the rights that docs/doctor.md lists');
}

const access = (verb: string, group: string, resource: string, namespace?: string): Access => ({
  verb,
  group,
  resource,
  ...(namespace === undefined ? {} : { namespace }),
});

/** Of all checks together; docs/doctor.md has the role. */
export const lookedAt = ({ namespace }: Pick<Names, 'namespace'>): readonly Access[] => [
  access('get', 'apps', 'deployments', namespace),
  access('get', '', 'secrets', namespace),
  access('get', 'coordination.k8s.io', 'leases', namespace),
  access('list', 'discovery.k8s.io', 'endpointslices', namespace),
  access('get', 'apiextensions.k8s.io', 'customresourcedefinitions'),
  access('list', 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations'),
  access('get', 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations'),
  access('list', 'tidegate.io', 'virtualnodepolicies'),
  access('list', '', 'nodes'),
  access('list', '', 'namespaces'),
  access('list', 'batch', 'cronjobs'),
  access('create', 'batch', 'cronjobs'),
  access('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  // Of other products: whether they are there, and what of theirs meets tidegate.
  access('list', 'apps', 'deployments'),
  access('list', 'admissionregistration.k8s.io', 'mutatingadmissionpolicies'),
  access('get', '', 'configmaps', 'kube-system'),
  access('list', '', 'pods', 'kube-system'),
];
