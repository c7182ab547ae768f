import { compileSelector, isEmptySelector, type LabelPredicate } from '../objects/selector.js';
import type { WorkloadKind } from '../objects/workload.js';
import type { Policy } from './policy.js';

/** One policy, ready to be asked; `compiled` is what the caller made of it. */
export interface PolicyMatcher<T> {
  readonly policy: Policy;
  readonly compiled: T;
  readonly kinds: ReadonlySet<WorkloadKind>;
  readonly fitsNamespaceName: (name: string) => boolean;
  /** Absent: the policy asks nothing of the Namespace's labels. */
  readonly fitsNamespaceLabels?: LabelPredicate;
  readonly fitsLabels: LabelPredicate;
}

/** Policies in the order in which they are asked. */
export interface PolicyIndex<T> {
  readonly ordered: readonly PolicyMatcher<T>[];
  /** Those for this kind in a namespace of this name, in order; found once, remembered. */
  readonly candidates: (kind: WorkloadKind, namespace: string) => readonly PolicyMatcher<T>[];
  readonly byName: ReadonlyMap<string, PolicyMatcher<T>>;
}

/**
 * Done once, when policies arrive: highest priority first, ties by the lower name (code units). Policies of other
 * kinds and namespaces cost a review nothing. Names are unique: the sources see to that.
 */
export function compileMatchers<T>(
  policies: readonly Policy[],
  compile: (policy: Policy) => T,
): PolicyIndex<T> {
  const ordered = policies.toSorted(byPrecedence).map((policy) => toMatcher(policy, compile(policy)));
  return {
    ordered,
    candidates: rememberCandidates(ordered),
    byName: new Map(ordered.map((matcher) => [matcher.policy.metadata.name, matcher])),
  };
}

export function byPrecedence(a: Policy, b: Policy): number {
  return b.spec.priority - a.spec.priority || (a.metadata.name < b.metadata.name ? -1 : 1);
}

function toMatcher<T>(policy: Policy, compiled: T): PolicyMatcher<T> {
  const { namespaces, workloads } = policy.spec.match;
  return {
    policy,
    compiled,
    kinds: new Set(workloads.kinds),
    fitsNamespaceName: compileGlobs(namespaces.names),
    ...(isEmptySelector(namespaces.selector)
      ? {}
      : { fitsNamespaceLabels: compileSelector(namespaces.selector) }),
    fitsLabels: compileSelector(workloads.selector),
  };
}

/** Namespaces come and go: a cluster with more than these forgets and finds anew. */
const maxRemembered = 1000;

function rememberCandidates<T>(ordered: readonly PolicyMatcher<T>[]): PolicyIndex<T>['candidates'] {
  const remembered = new Map<string, readonly PolicyMatcher<T>[]>();
  return (kind, namespace) => {
    const key = `${kind}/${namespace}`;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const found = ordered.filter(
      ({ kinds, fitsNamespaceName }) => kinds.has(kind) && fitsNamespaceName(namespace),
    );
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, found);
    return found;
  };
}

/** Whether one of the globs fits the whole name: `*` is any text, `?` one character. */
export function compileGlobs(globs: readonly string[]): (name: string) => boolean {
  if (globs.includes('*')) return () => true;
  const literal = new Set(globs.filter((glob) => !/[*?]/.test(glob)));
  const patterns = globs.filter((glob) => !literal.has(glob)).map(toRegExp);
  return (name) => literal.has(name) || patterns.some((pattern) => pattern.test(name));
}

/** A run of stars counts as one: `.*.*.*` would make a hostile name slow. */
function toRegExp(glob: string): RegExp {
  const escaped = glob.replace(/\*+/g, '*').replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
