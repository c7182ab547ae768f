import type { Taint } from '../objects/pod.js';
import * as catalog from './catalog.js';
import type { Acceptance, LabelFact, Provider, TaintFact } from './provider.js';

/** Every provider. */
export const providers: readonly Provider[] = Object.values(catalog);

export type ProviderName = (typeof catalog)[keyof typeof catalog]['name'];

export const providerNames: readonly string[] = providers.map(({ name }) => name);

const byName: ReadonlyMap<string, Provider> = new Map(providers.map((provider) => [provider.name, provider]));

export function findProvider(name: string): Provider | undefined {
  return byName.get(name);
}

/** The bucket of each of virtual-kubelet's queues, one set a virtual node: what a provider without its own has. */
export function acceptanceOf(provider: Provider): Acceptance {
  return provider.acceptance ?? catalog.virtualKubelet.acceptance;
}

/**
 * The providers whose node this is, the most specific first: the one that names more labels, taints, values and
 * effects of it. Of two that name as much, the one that is steered by these very facts comes first.
 */
export function fitProviders(
  nodeLabels: Readonly<Record<string, string>>,
  nodeTaints: readonly Taint[],
): readonly Provider[] {
  const isSelecting = ({ provider }: { readonly provider: Provider }) =>
    provider.steering.way === 'toleration';
  return providers
    .map((provider) => ({ provider, weight: weigh(provider, nodeLabels, nodeTaints) }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || Number(isSelecting(b)) - Number(isSelecting(a)))
    .map(({ provider }) => provider);
}

/** How much of the node the provider names; 0 where it is not the provider's. */
function weigh(
  { node }: Provider,
  nodeLabels: Readonly<Record<string, string>>,
  nodeTaints: readonly Taint[],
): number {
  let weight = 0;
  for (const label of node.labels) {
    if (!isLabelled(label, nodeLabels)) return 0;
    weight += stated(label.key, label.value);
  }
  for (const taint of node.taints) {
    const there = nodeTaints.some((candidate) => isTaint(taint, candidate));
    if (!there && taint.removable !== true) return 0;
    if (there) weight += stated(taint.key, taint.value, taint.effect);
  }
  return weight;
}

const isLabelled = ({ key, value }: LabelFact, nodeLabels: Readonly<Record<string, string>>) =>
  Object.hasOwn(nodeLabels, key) && (value === undefined || nodeLabels[key] === value);

const isTaint = (fact: TaintFact, taint: Taint) =>
  fact.key === taint.key &&
  (fact.value === undefined || fact.value === (taint.value ?? '')) &&
  (fact.effect === undefined || fact.effect === taint.effect);

const stated = (...parts: readonly (string | undefined)[]) =>
  parts.filter((part) => part !== undefined).length;
