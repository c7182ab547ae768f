import type { Labels } from '../objects/selector.js';
import {
  optInLabel,
  optInValue,
  optOutAnnotation,
  optOutValue,
  policyAnnotation,
} from '../objects/well-known.js';
import type { Workload } from '../objects/workload.js';
import type { PolicyIndex, PolicyMatcher } from './matchers.js';
import type { Policy } from './policy.js';
import type { Reason } from './reasons.js';
import { isWithinRollout } from './rollout.js';

export type Selection<T> =
  | { readonly kind: 'place' | 'observe'; readonly policy: Policy; readonly compiled: T }
  /** `policy`: the name of the one that decided, where one did. */
  | { readonly kind: 'skip'; readonly because: Reason; readonly policy?: string };

/** What a selection depends on besides the workload and the policies. */
export interface SelectionContext {
  /** Labels of the workload's Namespace; undefined: not known here, so its opt-in is trusted. */
  readonly namespaceLabels: Labels | undefined;
  /** Turns every policy to Observe. */
  readonly observe: boolean;
}

/**
 * Which policy decides about a workload, and how. Pure; a few hundred nanoseconds.
 *
 * In this order: the namespace's opt-in (where it is known), the workload's opt-out, the policy that the workload
 * names, else the first policy that matches. The first match decides: a percentage that leaves the workload out and
 * an Observe policy end the search.
 */
export function select<T>(
  workload: Workload,
  index: PolicyIndex<T>,
  context: SelectionContext,
): Selection<T> {
  if (!isOptedIn(context.namespaceLabels)) return skip('namespace-not-opted-in');
  if (workload.annotations[optOutAnnotation] === optOutValue) return skip('opted-out');

  const chosen = workload.annotations[policyAnnotation];
  const found =
    chosen === undefined ? firstMatch(workload, index, context) : named(chosen, workload, index, context);
  if (found.kind === 'skip') return found;

  const { policy, compiled } = found.matcher;
  if (!isWithinRollout(policy, workload)) return skip('outside-rollout-percent', policy.metadata.name);
  const kind = context.observe || policy.spec.mode === 'Observe' ? 'observe' : 'place';
  return { kind, policy, compiled };
}

/** One policy's part in a selection. */
export interface PolicyNote {
  readonly policy: string;
  /** `decides`: it ended the search; `passed-over`: it would match, but did not decide; `no-match`. */
  readonly outcome: 'decides' | 'passed-over' | 'no-match';
  /** Absent where the policy decides and places. */
  readonly because?: Reason;
}

/** For `explain`: every policy in order, with why it decided, was passed over or does not match. */
export function explainSelection<T>(
  workload: Workload,
  index: PolicyIndex<T>,
  context: SelectionContext,
): readonly PolicyNote[] {
  const selection = select(workload, index, context);
  const decider = selection.kind === 'skip' ? selection.policy : selection.policy.metadata.name;
  const passedOver = whyPassedOver(selection, workload);
  return index.ordered.map((matcher) => {
    const policy = matcher.policy.metadata.name;
    if (policy === decider) return { policy, outcome: 'decides', ...why(selection) };
    const miss = mismatch(matcher, workload, context);
    if (miss !== undefined) return { policy, outcome: 'no-match', because: miss };
    return { policy, outcome: 'passed-over', because: passedOver };
  });
}

function isOptedIn(labels: Labels | undefined): boolean {
  return labels === undefined || labels[optInLabel] === optInValue;
}

type Found<T> = { readonly kind: 'found'; readonly matcher: PolicyMatcher<T> } | Skip;
type Skip = Extract<Selection<never>, { kind: 'skip' }>;

function skip(because: Reason, policy?: string): Skip {
  return policy === undefined ? { kind: 'skip', because } : { kind: 'skip', because, policy };
}

/** A workload may name a selectable policy anywhere, and any other where that one would decide by itself. */
function named<T>(
  name: string,
  workload: Workload,
  index: PolicyIndex<T>,
  context: SelectionContext,
): Found<T> {
  const matcher = index.byName.get(name);
  if (matcher === undefined) return skip('policy-unknown');
  if (matcher.policy.spec.match.selectable) return { kind: 'found', matcher };
  const first = firstMatch(workload, index, context);
  return first.kind === 'found' && first.matcher === matcher ? first : skip('policy-not-selectable', name);
}

function firstMatch<T>(workload: Workload, index: PolicyIndex<T>, context: SelectionContext): Found<T> {
  let because: Reason = 'no-policy-matches';
  for (const matcher of index.candidates(workload.kind, workload.namespace)) {
    const miss = mismatch(matcher, workload, context);
    if (miss === undefined) return { kind: 'found', matcher };
    if (miss === 'namespace-unknown') because = miss;
  }
  return skip(because);
}

/** Why the policy does not match by itself. An unknown Namespace is the reason only where the rest matches. */
function mismatch(
  matcher: PolicyMatcher<unknown>,
  workload: Workload,
  { namespaceLabels }: SelectionContext,
): Reason | undefined {
  if (!matcher.kinds.has(workload.kind)) return 'kind-not-selected';
  if (!matcher.fitsNamespaceName(workload.namespace)) return 'namespace-not-selected';
  if (!matcher.fitsLabels(workload.labels)) return 'labels-not-selected';
  if (matcher.fitsNamespaceLabels === undefined) return undefined;
  if (namespaceLabels === undefined) return 'namespace-unknown';
  return matcher.fitsNamespaceLabels(namespaceLabels) ? undefined : 'namespace-labels-not-selected';
}

function why(selection: Selection<unknown>): { readonly because?: Reason } {
  switch (selection.kind) {
    case 'place':
      return {};
    case 'observe':
      return { because: 'policy-observes' };
    case 'skip':
      return { because: selection.because };
    default:
      return selection satisfies never;
  }
}

function whyPassedOver(selection: Selection<unknown>, workload: Workload): Reason {
  if (selection.kind === 'skip' && selection.policy === undefined) return selection.because;
  return workload.annotations[policyAnnotation] === undefined ? 'lower-priority' : 'another-policy-chosen';
}
