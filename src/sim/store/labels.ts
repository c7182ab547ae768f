import type { LabelSelector } from '../../objects/pod.js';

export type LabelOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';

export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** Matches where every requirement does: none matches all. */
export type LabelRequirements = readonly LabelRequirement[];

/** A selector that cannot be read, in the API server's words. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

export function matchesLabels(
  requirements: LabelRequirements,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  return requirements.every((requirement) => matchesOne(requirement, labels));
}

function matchesOne(requirement: LabelRequirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return compares(requirement, value);
  }
}

function compares(requirement: LabelRequirement, value: string | undefined): boolean {
  if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
  const bound = Number(requirement.values[0]);
  return requirement.operator === 'Gt' ? Number(value) > bound : Number(value) < bound;
}

/** A LabelSelector as requirements. An absent one matches nothing, an empty one everything. */
export function requirementsOf(selector: LabelSelector | undefined): LabelRequirements | 'nothing' {
  if (selector === undefined) return 'nothing';
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: 'In' as const,
    values: [value],
  }));
  const rest = (selector.matchExpressions ?? []).map(({ key, operator, values }) => ({
    key,
    operator,
    values: values ?? [],
  }));
  return [...equal, ...rest];
}

export function matchesSelector(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  const requirements = requirementsOf(selector);
  return requirements !== 'nothing' && matchesLabels(requirements, labels);
}

/** `a=b,c in (d,e),!f`: as the API server prints a selector. */
export function printLabels(requirements: LabelRequirements): string {
  return [...requirements]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(printOne)
    .join(',');
}

function printOne({ key, operator, values }: LabelRequirement): string {
  const one = values[0] ?? '';
  const set = `(${[...values].sort().join(',')})`;
  switch (operator) {
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'Gt':
      return `${key}>${one}`;
    case 'Lt':
      return `${key}<${one}`;
    case 'In':
      return values.length === 1 ? `${key}=${one}` : `${key} in ${set}`;
    case 'NotIn':
      return `${key} notin ${set}`;
  }
}
