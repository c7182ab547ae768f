import { AppError } from '../errors.js';
import { readWorkload, type Workload } from '../objects/workload.js';
import { originalOf, type Original } from '../placement/original.js';
import { pass } from '../placement/place.js';
import { plan } from '../placement/plan.js';
import type { Snapshot } from '../placement/snapshot.js';
import type { Reason } from '../policy/reasons.js';
import { select } from '../policy/select.js';
import { auditOf, warningsOf } from './answers.js';
import { answer, parseReview, type ReviewAnswer, type ReviewRequest } from './review.js';
import { handledKind } from './rules.js';
import type { Verdict } from './verdict.js';

export interface Admitted {
  readonly request: ReviewRequest;
  readonly verdict: Verdict;
  readonly review: ReviewAnswer;
}

/**
 * The life of one AdmissionReview. Synchronous; whatever goes wrong inside, the object is allowed, unchanged.
 * The object in `body` is the caller's no more: it may be patched in place. `bytes` is the size of the body.
 *
 * @throws {AppError} review-invalid, where there is no uid to answer to.
 */
export function admit(body: unknown, snapshot: Snapshot, bytes: number): Admitted {
  const request = parseReview(body);
  const verdict = judge(request, snapshot, bytes);
  const patch = verdict.kind === 'patched' ? verdict.plan.patch : '';
  const review = answer(request.uid, patch, warningsOf(verdict, request), auditOf(verdict));
  return { request, verdict, review };
}

function judge(request: ReviewRequest, snapshot: Snapshot, bytes: number): Verdict {
  try {
    const handled = handledKind(request);
    if (handled.because !== undefined) return { kind: 'skipped', because: handled.because };

    const workload = readWorkload(handled.kind, handled.object, request.namespace);
    const original = originalOf(workload);
    const selection = select(original.workload, snapshot.index, {
      namespaceLabels: snapshot.namespaceLabels(request.namespace),
      observe: snapshot.observe,
    });
    if (selection.kind === 'skip') return leave(workload, original, selection, snapshot, bytes);

    const policy = selection.policy.metadata.name;
    const passage = pass(original.workload, selection.compiled);
    if (passage.kind === 'refused') {
      return leave(workload, original, { ...passage.refused, policy, gate: true }, snapshot, bytes);
    }

    const planned = plan(workload, original, passage.intent, bytes);
    const found = { policy, plan: planned, passage };
    if (selection.kind === 'observe') return { kind: 'observed', because: 'policy-observes', ...found };
    if (planned.operations.length === 0) return { kind: 'unchanged', because: 'already-placed', ...found };
    return { kind: 'patched', because: 'placed', ...found };
  } catch (error) {
    // Fail open: a pod on an ordinary node is better than no pod. See docs/failure-modes.md.
    const because = reasonOf(error);
    return {
      kind: because === 'object-too-large' || because === 'annotations-too-large' ? 'skipped' : 'failed',
      because,
      error,
    };
  }
}

/** A workload that is not to be placed; what an earlier placement put in is taken back. */
function leave(
  workload: Workload,
  original: Original,
  why: { readonly because: Reason; readonly policy?: string; readonly where?: string; readonly gate?: true },
  snapshot: Snapshot,
  bytes: number,
): Verdict {
  const { because, policy, where, gate } = why;
  const about = { because, ...(policy && { policy }), ...(where && { where }), ...(gate && { gate }) };
  if (workload.deleting || isHandsOff(why, snapshot)) return { kind: 'skipped', ...about };
  const planned = plan(workload, original, undefined, bytes);
  return planned.operations.length === 0
    ? { kind: 'skipped', ...about }
    : { kind: 'patched', ...about, plan: planned };
}

/** A policy that observes changes nothing at all; a Namespace that is not known yet is no reason to take back. */
function isHandsOff(
  { because, policy }: { readonly because: Reason; readonly policy?: string },
  { observe, index }: Snapshot,
): boolean {
  if (observe || because === 'namespace-unknown') return true;
  return policy !== undefined && index.byName.get(policy)?.policy.spec.mode === 'Observe';
}

function reasonOf(error: unknown): Reason {
  if (!(error instanceof AppError)) return 'internal-error';
  switch (error.code) {
    case 'object-invalid':
    case 'patch-invalid':
    case 'object-too-large':
    case 'annotations-too-large':
      return error.code;
    default:
      return 'internal-error';
  }
}
