import type { LabelSelector } from './pod.js';

export type Labels = Readonly<Record<string, string>>;
export type LabelPredicate = (labels: Labels) => boolean;

/**
 * A label selector as a predicate; all its requirements must hold, an empty one fits everything.
 * NotIn and DoesNotExist also fit where the key is absent, as in apimachinery `labels.Requirement.Matches`.
 */
export function compileSelector(selector: LabelSelector): LabelPredicate {
  const requirements = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => hasOneOf(key, [value])),
    ...(selector.matchExpressions ?? []).map(toPredicate),
  ];
  return (labels) => requirements.every((fits) => fits(labels));
}

/** It asks for nothing, so it fits everything. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
}

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

function toPredicate({ key, operator, values = [] }: Expression): LabelPredicate {
  switch (operator) {
    case 'In':
      return hasOneOf(key, values);
    case 'NotIn': {
      const isIn = hasOneOf(key, values);
      return (labels) => !isIn(labels);
    }
    case 'Exists':
      return (labels) => Object.hasOwn(labels, key);
    case 'DoesNotExist':
      return (labels) => !Object.hasOwn(labels, key);
    default:
      return operator satisfies never;
  }
}

function hasOneOf(key: string, values: readonly string[]): LabelPredicate {
  const allowed = new Set(values);
  return (labels) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    return value !== undefined && allowed.has(value);
  };
}
