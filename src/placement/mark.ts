import { deletionCostAnnotation, markAnnotation, optInLabel, optInValue } from '../objects/well-known.js';
import type { PolicyMatcher } from '../policy/matchers.js';
import type { Reason } from '../policy/reasons.js';
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
  | { readonly kind: 'mark'; readonly mark: Mark; readonly inverts: boolean }
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
  for (const matcher of snapshot.index.ordered) {
    const provider = providers.find((name) => names(matcher, name));
    if (provider === undefined || !selectsNamespace(matcher, namespace, labels)) continue;
    const { metadata, spec } = matcher.policy;
    const policy = metadata.name;
    if (snapshot.observe || spec.mode === 'Observe')
      return { kind: 'none', because: 'policy-observes', policy };
    const choice = spec.placement.providers.find(({ name }) => name === provider);
    const { deletionCost, invertOnRollout } = spec.scaleIn;
    return {
      kind: 'mark',
      mark: { policy, cost: choice?.deletionCost ?? deletionCost },
      inverts: invertOnRollout,
    };
  }
  return { kind: 'none', because: 'no-policy-matches' };
}

const names = ({ policy }: PolicyMatcher<CompiledPolicy>, provider: string): boolean =>
  policy.spec.placement.providers.some(({ name }) => name === provider);

function selectsNamespace(
  matcher: PolicyMatcher<CompiledPolicy>,
  namespace: string,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  if (!matcher.fitsNamespaceName(namespace)) return false;
  if (matcher.fitsNamespaceLabels === undefined) return true;
  return labels !== undefined && matcher.fitsNamespaceLabels(labels);
}

/** The two annotations of a mark: the cost, and the companion that tells our marks from others'. */
export const markAnnotations = ({ policy, cost }: Mark): Readonly<Record<string, string>> => ({
  [deletionCostAnnotation]: String(cost),
  [markAnnotation]: `${policy}:${cost}`,
});

/**
 * What a pod carries. A companion that does not tell of the very value beside it was left behind by another writer,
 * so the value is that writer's.
 */
export type Carried =
  { readonly by: 'nobody' } | { readonly by: 'us'; readonly mark: Mark } | { readonly by: 'other' };

export function carried(cost: string | undefined, companion: string | undefined): Carried {
  if (cost === undefined) return { by: 'nobody' };
  const colon = companion?.lastIndexOf(':') ?? -1;
  if (companion === undefined || colon === -1 || companion.slice(colon + 1) !== cost) return { by: 'other' };
  return { by: 'us', mark: { policy: companion.slice(0, colon), cost: Number(cost) } };
}

/**
 * Whether a controller of this kind ranks its pods by deletion cost when it deletes some: ReplicaSet and
 * ReplicationController (pkg/controller/controller_utils.go; Deployments and Argo Rollouts own ReplicaSets) and
 * OpenKruise's CloneSet. Others ignore it, so nothing is written there.
 */
export const ranksPods = (ownerKind: string): boolean => rankingKinds.has(ownerKind);

const rankingKinds: ReadonlySet<string> = new Set(['ReplicaSet', 'ReplicationController', 'CloneSet']);
