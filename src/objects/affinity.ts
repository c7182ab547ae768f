import { deepEqual } from './json.js';
import type { NodeSelectorTerm, SelectorRequirement } from './pod.js';

/** A term without requirements matches no node (core/v1 `NodeSelectorTerm`). */
export const isEmptyTerm = (term: NodeSelectorTerm): boolean =>
  (term.matchExpressions ?? []).length === 0 && (term.matchFields ?? []).length === 0;

/** The expressions of `wish` that `term` does not hold yet. Requirements in a term are ANDed. */
export function missingExpressions(
  term: NodeSelectorTerm,
  wish: NodeSelectorTerm,
): readonly SelectorRequirement[] {
  const present = term.matchExpressions ?? [];
  return (wish.matchExpressions ?? []).filter((w) => !present.some((p) => sameRequirement(p, w)));
}

/** The same requirement, whatever the order of its values. */
export function sameRequirement(a: SelectorRequirement, b: SelectorRequirement): boolean {
  return (
    a.key === b.key &&
    a.operator === b.operator &&
    deepEqual([...(a.values ?? [])].sort(), [...(b.values ?? [])].sort())
  );
}

/** Whether a node that carries `key` (with exactly `value`, where one is given) can meet the requirement. */
export function allowsLabel(
  requirement: SelectorRequirement,
  key: string,
  value: string | undefined,
): boolean {
  if (requirement.key !== key) return true;
  if (requirement.operator === 'DoesNotExist') return false;
  if (value === undefined) return true;
  const listed = (requirement.values ?? []).includes(value);
  if (requirement.operator === 'In') return listed;
  return requirement.operator !== 'NotIn' || !listed;
}
