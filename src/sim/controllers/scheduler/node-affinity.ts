import { isEmptyTerm } from '../../../objects/affinity.js';
import type { NodeSelectorTerm, SelectorRequirement } from '../../../objects/pod.js';
import type { Node, PodSpec } from '../objects.js';

/** nodeSelector and required node affinity; terms are ORed, what a term asks for is ANDed. */
export function fitsNode(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(spec.nodeSelector ?? {});
  if (!selector.every(([key, value]) => labels[key] === value)) return false;
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => fitsTerm(term, node));
}

/** Sum of the weights of the preferred terms that hold. */
export function preference(spec: PodSpec, node: Node): number {
  const terms = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.reduce((sum, { weight, preference: term }) => (fitsTerm(term, node) ? sum + weight : sum), 0);
}

/** An empty term matches nothing. */
function fitsTerm(term: NodeSelectorTerm, node: Node): boolean {
  if (isEmptyTerm(term)) return false;
  const labels = node.metadata.labels ?? {};
  const fields = { 'metadata.name': node.metadata.name };
  return (
    (term.matchExpressions ?? []).every((requirement) => holds(requirement, labels)) &&
    (term.matchFields ?? []).every((requirement) => holds(requirement, fields))
  );
}

function holds(requirement: SelectorRequirement, labels: Readonly<Record<string, string>>): boolean {
  const { key, operator, values = [] } = requirement;
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  return tests[operator](value, values);
}

type Test = (value: string | undefined, values: readonly string[]) => boolean;

const tests: Readonly<Record<SelectorRequirement['operator'], Test>> = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
  Gt: (value, values) => Number(value) > Number(values[0]),
  Lt: (value, values) => Number(value) < Number(values[0]),
};
