import type { KubeObject } from '../../../src/kube/object.js';
import type { Authorize } from '../../../src/sim/wire/auth.js';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface Grant {
  readonly user: string;
  /** '' of a ClusterRoleBinding. */
  readonly namespace: string;
  readonly rule: Rule;
}

interface Binding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly name: string; readonly namespace: string }[];
}

export const userOf = (namespace: string, account: string) => `system:serviceaccount:${namespace}:${account}`;

/** What these roles and bindings let service accounts do. */
export function grantsOf(objects: readonly KubeObject[]): readonly Grant[] {
  const isBinding = (one: KubeObject): one is Binding => String(one['kind']).endsWith('RoleBinding');
  return objects.filter(isBinding).flatMap(({ roleRef, subjects, metadata: { namespace = '' } }) => {
    const isRole = ({ kind, metadata }: KubeObject) =>
      kind === roleRef.kind &&
      metadata.name === roleRef.name &&
      (kind === 'ClusterRole' || metadata.namespace === namespace);
    const rules = (objects.find(isRole)?.['rules'] ?? []) as unknown as readonly Rule[];
    return subjects.flatMap((subject) =>
      rules.map((rule) => ({ user: userOf(subject.namespace, subject.name), namespace, rule })),
    );
  });
}

/** The RBAC authorizer, for the box: service accounts may do what they are granted, everybody else everything. */
export const authorizeBy =
  (grants: () => readonly Grant[]): Authorize =>
  ({ username }, request, { group, plural }) => {
    if (!username.startsWith('system:serviceaccount:')) return undefined;
    const asked = request.subresource === '' ? plural : `${plural}/${request.subresource}`;
    // system:basic-user: everybody may ask about themselves.
    if (group === 'authorization.k8s.io' && plural.startsWith('selfsubject')) return undefined;
    const allows = ({ user, namespace, rule }: Grant) =>
      user === username &&
      (namespace === '' || namespace === request.namespace) &&
      rule.apiGroups.includes(group) &&
      rule.resources.includes(asked) &&
      rule.verbs.includes(request.verb) &&
      (rule.resourceNames === undefined || rule.resourceNames.includes(request.name));
    return grants().some(allows) ? undefined : '';
  };
