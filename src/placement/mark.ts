import {
  deletionCostAnnotation,
  fieldManager,
  markAnnotation,
  optInLabel,
  optInValue,
} from '../objects/well-known.js';
import type { PolicyMatcher } from '../policy/matchers.js';
import type { Policy } from '../policy/policy.js';
import type { Reason } from '../policy/reasons.js';
import type { PolicyNote } from '../policy/select.js';
import type { CompiledPolicy } from './compile.js';
import type { Snapshot } from './snapshot.js';

/** The deletion cost that a policy gives the pods on one provider's nodes. */
export interface Mark {
  readonly policy: string;
  /** int32; the lower goes first. */
  readonly cost: number;
}

export type MarkDecision =
  /** `inverts`: the policy turns the mark round on old revisions while a rollout is under way. */
  | { readonly kind: 'mark'; readonly mark: Mark; readonly provider: string; readonly inverts: boolean }
  | { readonly kind: 'none'; readonly because: Reason; readonly policy?: string };

/**
 * Which mark a pod of `namespace` gets on a node that fits `providers`, the most specific first. Of the policies that
 * select the namespace and name one of these providers, the first decides; which workloads it is for does not matter,
 * since a pod on a virtual node costs the same whoever put it there.
 */
export function markFor(namespace: string, providers: readonly string[], snapshot: Snapshot): MarkDecision {
  const labels = snapshot.namespaceLabels(namespace);
  if (labels !== undefined && labels[optInLabel] !== optInValue) {
    return { kind: 'none', because: 'namespace-not-opted-in' };
  }
  let because: Reason = 'no-policy-matches';
  for (const matcher of snapshot.index.ordered) {
    const provider = providers.find((name) => names(matcher, name));
    if (provider === undefined || !matcher.fitsNamespaceName(namespace)) continue;
    if (!fitsLabels(matcher, labels)) {
      if (labels === undefined) because = 'namespace-unknown';
      continue;
    }
    return decisionOf(matcher.policy, provider, snapshot);
  }
  return { kind: 'none', because };
}

/** For `explain`: every policy in order, with why it decides on the mark of a pod there, or does not. */
export function explainMarkFor(
  namespace: string,
  providers: readonly string[],
  snapshot: Snapshot,
): readonly PolicyNote[] {
  const labels = snapshot.namespaceLabels(namespace);
  let isDecided = false;
  return snapshot.index.ordered.map((matcher): PolicyNote => {
    const policy = matcher.policy.metadata.name;
    const because = mismatch(matcher, namespace, providers, labels);
    if (because !== undefined) return { policy, outcome: 'no-match', because };
    if (isDecided) return { policy, outcome: 'passed-over', because: 'lower-priority' };
    isDecided = true;
    const observes = snapshot.observe || matcher.policy.spec.mode === 'Observe';
    return { policy, outcome: 'decides', ...(observes && { because: 'policy-observes' }) };
  });
}

function mismatch(
  matcher: PolicyMatcher<CompiledPolicy>,
  namespace: string,
  providers: readonly string[],
  labels: Readonly<Record<string, string>> | undefined,
): Reason | undefined {
  if (!providers.some((name) => names(matcher, name))) return 'provider-not-named';
  if (!matcher.fitsNamespaceName(namespace)) return 'namespace-not-selected';
  if (fitsLabels(matcher, labels)) return undefined;
  return labels === undefined ? 'namespace-unknown' : 'namespace-labels-not-selected';
}

function decisionOf({ metadata, spec }: Policy, provider: string, { observe }: Snapshot): MarkDecision {
  const policy = metadata.name;
  if (observe || spec.mode === 'Observe') return { kind: 'none', because: 'policy-observes', policy };
  const choice = spec.placement.providers.find(({ name }) => name === provider);
  const { deletionCost, invertOnRollout } = spec.scaleIn;
  return {
    kind: 'mark',
    mark: { policy, cost: choice?.deletionCost ?? deletionCost },
    provider,
    inverts: invertOnRollout,
  };
}

const names = ({ policy }: PolicyMatcher<CompiledPolicy>, provider: string): boolean =>
  policy.spec.placement.providers.some(({ name }) => name === provider);

function fitsLabels(
  { fitsNamespaceLabels }: PolicyMatcher<CompiledPolicy>,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return fitsNamespaceLabels === undefined || (labels !== undefined && fitsNamespaceLabels(labels));
}

/** The two annotations of a mark: the cost, and the companion that tells our marks from others'. */
export const markAnnotations = ({ policy, cost }: Mark): Readonly<Record<string, string>> => ({
  [deletionCostAnnotation]: String(cost),
  [markAnnotation]: `${policy}:${cost}`,
});

/** What of a pod tells whose deletion cost it carries. */
export interface CostFacts {
  /** The annotation as it is written, valid or not. */
  readonly deletionCost: string | undefined;
  /** The companion. */
  readonly markedBy: string | undefined;
  /** The field manager that managedFields name for the deletion cost; empty for nobody. */
  readonly costWriter: string;
}

/** What a pod carries. */
export type Carried =
  /** `taken`: it carried a mark of ours, and somebody took the deletion cost off it. */
  | { readonly by: 'nobody'; readonly taken: boolean }
  | { readonly by: 'us'; readonly mark: Mark }
  | { readonly by: 'other' };

/**
 * Ours is what the companion tells of, word for word, and what nobody else has written since: a Binding leaves no
 * writer, our own writes leave our name. All else is another's, and stays.
 */
export function carried({ deletionCost: cost, markedBy: companion, costWriter }: CostFacts): Carried {
  if (cost === undefined) return { by: 'nobody', taken: companion !== undefined };
  const colon = companion?.lastIndexOf(':') ?? -1;
  const isOurs = colon !== -1 && companion?.slice(colon + 1) === cost && isUs(costWriter);
  if (companion === undefined || !isOurs) return { by: 'other' };
  return { by: 'us', mark: { policy: companion.slice(0, colon), cost: Number(cost) } };
}

const isUs = (writer: string): boolean => writer === '' || writer === fieldManager;

/** Of several that own it, the one that is not us. */
export const writerOf = (writers: readonly string[]): string =>
  writers.find((writer) => !isUs(writer)) ?? writers[0] ?? '';

/**
 * Whether a controller of this kind ranks its pods by deletion cost when it deletes some: ReplicaSet and
 * ReplicationController (pkg/controller/controller_utils.go; Deployments and Argo Rollouts own ReplicaSets) and
 * OpenKruise's CloneSet. Others ignore it, so nothing is written there.
 */
export const ranksPods = (ownerKind: string): boolean => rankingKinds.has(ownerKind);

const rankingKinds: ReadonlySet<string> = new Set(['ReplicaSet', 'ReplicationController', 'CloneSet']);
