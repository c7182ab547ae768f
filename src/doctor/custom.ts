import type { KubeObject } from '../kube/object.js';
import { resources, type Resource } from '../kube/resource.js';
import { at, objectsAt, textAt } from './look.js';
import type { Reader } from './reader.js';

export type ForeignKind = (typeof foreignKinds)[number];

/** CustomResourceDefinitions of other products whose objects are looked at, where the cluster has them. */
export const foreignKinds = [
  'workloadspreads.apps.kruise.io',
  'resourcepolicies.scheduling.alibabacloud.com',
  'clusterpolicies.kyverno.io',
  'policies.kyverno.io',
  'mutatingpolicies.policies.kyverno.io',
  'assign.mutations.gatekeeper.sh',
  'modifyset.mutations.gatekeeper.sh',
  'applications.argoproj.io',
] as const;

/**
 * All objects of a kind that other products bring, by the name of its CustomResourceDefinition (`plural.group`), in the
 * version that it stores. Undefined: the cluster has no such kind.
 *
 * @throws {KubeError}
 */
export async function listCustom(
  read: Reader,
  definition: ForeignKind,
): Promise<readonly KubeObject[] | undefined> {
  const found = await read.get(resources.customResourceDefinitions, { name: definition });
  const resource = found === undefined ? undefined : resourceOf(found);
  return resource === undefined ? undefined : read.list(resource);
}

function resourceOf(definition: KubeObject): Resource | undefined {
  const served = objectsAt(definition, 'spec', 'versions').filter(({ served: is }) => is === true);
  const version = served.find(({ storage }) => storage === true) ?? served[0];
  if (version === undefined) return undefined;
  return {
    group: textAt(definition, 'spec', 'group'),
    version: textAt(version, 'name'),
    plural: textAt(definition, 'spec', 'names', 'plural'),
    kind: textAt(definition, 'spec', 'names', 'kind'),
    namespaced: at(definition, 'spec', 'scope') === 'Namespaced',
  };
}

/** `kind/name` or `kind/namespace/name` of some, and how many more there are. */
export function someOf(objects: readonly KubeObject[]): string {
  const names = objects.map(({ metadata: { namespace, name = '' } }) =>
    namespace === undefined ? name : `${namespace}/${name}`,
  );
  const shown = names.slice(0, mostShown).join(', ');
  return names.length > mostShown ? `${shown} and ${names.length - mostShown} more` : shown;
}

const mostShown = 5;
