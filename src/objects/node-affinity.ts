import { isEmptyTerm } from './affinity.js';
import type { NodeSelectorTerm, PreferredSchedulingTerm, SelectorRequirement } from './pod.js';

/** What of a pod's spec says which nodes it may go to. */
export interface NodeChoice {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms?: readonly NodeSelectorTerm[];
      };
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly PreferredSchedulingTerm[];
    };
  };
}

/** What of a Node can be chosen by. */
export interface ChosenNode {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

/** nodeSelector and required node affinity; terms are ORed, what a term asks for is ANDed. */
export function fitsNode(spec: NodeChoice, node: ChosenNode): boolean {
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(spec.nodeSelector ?? {});
  if (!selector.every(([key, value]) => labels[key] === value)) return false;
  const terms =
    spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return terms === undefined || terms.some((term) => fitsTerm(term, node));
}

/** Sum of the weights of the preferred terms that hold. */
export function preference(spec: NodeChoice, node: ChosenNode): number {
  const terms = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.reduce((sum, { weight, preference: term }) => (fitsTerm(term, node) ? sum + weight : sum), 0);
}

/** An empty term matches nothing. */
function fitsTerm(term: NodeSelectorTerm, node: ChosenNode): boolean {
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
