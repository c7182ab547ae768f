import { deepEqual } from '../objects/json.js';
import { isEmptySelector } from '../objects/selector.js';
import { byPrecedence } from './matchers.js';
import type { Policy } from './policy.js';

/** A policy whose every workload matches one that is asked before it, and that nobody may choose. */
export function neverReached(
  policy: Policy,
  policies: readonly Policy[],
): { readonly path: readonly string[]; readonly message: string }[] {
  if (policy.spec.match.selectable) return [];
  const before = policies.find((other) => byPrecedence(other, policy) < 0 && covers(other, policy));
  if (before === undefined) return [];
  const message = `never reached: ${before.metadata.name} comes first and matches all that this one matches`;
  return [{ path: ['spec', 'match'], message }];
}

/** Surely; globs are compared by their text, so some covered policies pass. */
function covers({ spec: { match: wide } }: Policy, { spec: { match: narrow } }: Policy): boolean {
  return (
    narrow.workloads.kinds.every((kind) => wide.workloads.kinds.includes(kind)) &&
    (wide.namespaces.names.includes('*') ||
      narrow.namespaces.names.every((name) => wide.namespaces.names.includes(name))) &&
    coversSelector(wide.namespaces.selector, narrow.namespaces.selector) &&
    coversSelector(wide.workloads.selector, narrow.workloads.selector)
  );
}

type Selector = Policy['spec']['match']['workloads']['selector'];

function coversSelector(wide: Selector, narrow: Selector): boolean {
  return isEmptySelector(wide) || deepEqual(wide, narrow);
}
