import type { KubeObject } from '../kube/object.js';
import type { Taint } from '../objects/pod.js';
import type { Provider, TaintFact } from '../providers/provider.js';
import { fitProviders } from '../providers/registry.js';
import { fault, skipped, warning, type Finding } from './check.js';
import { at, objectsAt } from './look.js';

/** Nodes of a provider that take pods now. */
export const usableOf = (provider: string, nodes: readonly KubeObject[]): readonly KubeObject[] =>
  nodes.filter((node) => fits(provider, node) && isReady(node) && at(node, 'spec', 'unschedulable') !== true);

/** What is wrong with the nodes of a provider. `needed`: policies whose workloads wait for them, for they have no other. */
export function providerFindings(
  provider: Provider,
  nodes: readonly KubeObject[],
  needed: readonly string[],
): readonly Finding[] {
  const own = nodes.filter((node) => fits(provider.name, node));
  if (own.length === 0) return [noNode(provider, nodes, needed)];
  const open = own.flatMap((node) => missingTaints(provider, node).map((taint) => untainted(node, taint)));
  const asleep = usableOf(provider.name, own).length > 0 ? [] : [noneReady(provider, own, needed)];
  return [...asleep, ...open];
}

function noNode(provider: Provider, nodes: readonly KubeObject[], needed: readonly string[]): Finding {
  const { name, title, steering } = provider;
  const bare = nodes.find((node) => looksLike(provider, node));
  if (bare !== undefined) {
    const [taint] = missingTaints(provider, bare);
    const reason = `node ${nameOf(bare)} has the labels of ${name} and not its taint: it is taken for an ordinary one, and any pod may land there`;
    return fault(reason, taintCommand(bare, taint));
  }
  if (steering.way === 'outside')
    return skipped(`${name} has no node now: they come with pods of ${steering.object}`);
  const remedy = `install the virtual nodes of ${title}, or take ${name} out of the policies; what they are known by: docs/providers.md`;
  return waiting(`no node is one of ${name}`, needed, remedy);
}

function noneReady({ name }: Provider, own: readonly KubeObject[], needed: readonly string[]): Finding {
  const some = own.map(nameOf).join(', ');
  return waiting(
    `no node of ${name} is ready and open for pods (${some})`,
    needed,
    `kubectl describe node ${nameOf(own[0])}`,
  );
}

function waiting(reason: string, needed: readonly string[], remedy: string): Finding {
  return needed.length === 0
    ? warning(`${reason}: what policies want there goes elsewhere`, remedy)
    : fault(`${reason}: what policy ${needed.join(', ')} places stays pending`, remedy);
}

const untainted = (node: KubeObject, taint: TaintFact): Finding =>
  warning(
    `node ${nameOf(node)} has no taint ${taint.key}: pods that nobody has moved may land there`,
    taintCommand(node, taint),
  );

const taintCommand = (node: KubeObject, taint: TaintFact | undefined): string =>
  `kubectl taint node ${nameOf(node)} ${taint?.key ?? 'KEY'}=${taint?.value ?? 'VALUE'}:${taint?.effect ?? 'NoSchedule'}`;

/** It has all of the provider's labels, and of its taints not even the keys. */
function looksLike({ node: { labels, taints } }: Provider, node: KubeObject): boolean {
  const has = node.metadata.labels ?? {};
  const keys = new Set(taintsOf(node).map(({ key }) => key));
  return (
    labels.length > 0 &&
    labels.every(
      ({ key, value }) => Object.hasOwn(has, key) && (value === undefined || has[key] === value),
    ) &&
    taints.every(({ key }) => !keys.has(key))
  );
}

function missingTaints({ node: { taints } }: Provider, node: KubeObject): readonly TaintFact[] {
  const keys = new Set(taintsOf(node).map(({ key }) => key));
  return taints.filter(({ key }) => !keys.has(key));
}

const fits = (provider: string, node: KubeObject): boolean =>
  fitProviders(node.metadata.labels ?? {}, taintsOf(node)).some(({ name }) => name === provider);

const isReady = (node: KubeObject): boolean =>
  objectsAt(node, 'status', 'conditions').some(({ type, status }) => type === 'Ready' && status === 'True');

const taintsOf = (node: KubeObject): readonly Taint[] =>
  objectsAt(node, 'spec', 'taints') as unknown as readonly Taint[];

const nameOf = (node: KubeObject | undefined): string => node?.metadata.name ?? '';
