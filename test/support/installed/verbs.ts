import type { KubeObject } from '../../../src/kube/object.js';
import type { JsonObject } from '../../../src/objects/json.js';

export interface Rule extends JsonObject {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface Role extends KubeObject {
  readonly kind: 'Role' | 'ClusterRole';
  readonly rules: readonly Rule[];
}

/** One verb on one resource that a role of the chart allows. */
export interface Verb {
  readonly role: Role;
  /** As the component that it is for. */
  readonly component: string;
  readonly resource: string;
  readonly group: string;
  readonly verb: string;
  /** The role's rules without it. */
  readonly without: readonly Rule[];
}

const isRole = (object: KubeObject): object is Role => /^(Cluster)?Role$/.test(String(object['kind']));

/** Every verb of every role. */
export function verbsOf(objects: readonly KubeObject[]): readonly Verb[] {
  return objects.filter(isRole).flatMap((role) => {
    const component = role.metadata.labels?.['app.kubernetes.io/component'] ?? '';
    return role.rules.flatMap((rule, i) =>
      rule.resources.flatMap((resource) =>
        rule.verbs.map((verb): Verb => {
          const rest = [
            { ...rule, resources: rule.resources.filter((one) => one !== resource) },
            { ...rule, resources: [resource], verbs: rule.verbs.filter((one) => one !== verb) },
          ].filter(({ resources, verbs }) => resources.length > 0 && verbs.length > 0);
          const without = [...role.rules.slice(0, i), ...rest, ...role.rules.slice(i + 1)];
          return { role, component, resource, group: rule.apiGroups[0] ?? '', verb, without };
        }),
      ),
    );
  });
}
