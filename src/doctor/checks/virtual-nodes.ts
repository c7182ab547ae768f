import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import type { Policy } from '../../policy/policy.js';
import { findProvider } from '../../providers/registry.js';
import { orOk, skipped, type Check, type Finding } from '../check.js';
import { providerFindings, usableOf } from '../provider-nodes.js';
import { readServing } from '../serving.js';

/** There are nodes for every provider that the policies name, with the labels and taints of its preset. */
export const virtualNodes: Check = {
  id: 'virtual-nodes',
  needs: ['crd'],
  async run(examination) {
    const { snapshot } = await readServing(examination);
    const policies = snapshot.index.ordered.map(({ policy }) => policy);
    const nodes = (await examination.read.list(resources.nodes)) ?? [];
    return judgeNodes(policies, nodes);
  },
};

export function judgeNodes(policies: readonly Policy[], nodes: readonly KubeObject[]): readonly Finding[] {
  const named = new Set(policies.flatMap(providersOf));
  if (named.size === 0) return [skipped('no policy names a provider')];
  const counts = new Map([...named].map((name) => [name, usableOf(name, nodes).length]));
  const findings = [...named].flatMap((name) => {
    const provider = findProvider(name);
    if (provider === undefined) return [];
    const needed = policies.filter((policy) => dependsOn(policy, name, counts)).map(nameOf);
    return providerFindings(provider, nodes, needed);
  });
  const found = [...counts].map(([name, count]) => `${name} has ${count}`).join(', ');
  return orOk(findings, `virtual nodes that are ready: ${found}`);
}

/** Its workloads wait for nodes of this provider, because it may use no others. */
function dependsOn(policy: Policy, name: string, counts: ReadonlyMap<string, number>): boolean {
  const own = providersOf(policy);
  return (
    policy.spec.placement.type === 'VirtualOnly' &&
    own.includes(name) &&
    own.every((other) => (counts.get(other) ?? 0) === 0)
  );
}

const providersOf = (policy: Policy): readonly string[] =>
  policy.spec.placement.providers.map(({ name }) => name);

const nameOf = ({ metadata }: Policy): string => metadata.name;
