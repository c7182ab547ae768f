import { AppError } from '../errors.js';
import { objectAt, stringAt, stringMapAt } from '../objects/read.js';
import type { Labels } from '../objects/selector.js';
import { deletionCostAnnotation } from '../objects/well-known.js';
import { markAnnotations, markFor, ranksPods, type Mark } from '../placement/mark.js';
import { below, PatchBuilder } from '../placement/patch.js';
import type { Snapshot } from '../placement/snapshot.js';
import type { Reason, RivalReason } from '../policy/reasons.js';
import { answer, parseReview, type ReviewAnswer, type ReviewRequest } from './review.js';

/** What is known of the cluster when a Binding is reviewed. */
export interface BindingContext {
  readonly snapshot: Snapshot;
  /** Presets that the node fits, the most specific first; undefined: it is no virtual node. */
  readonly providersOf: (node: string) => readonly string[] | undefined;
  /** The pod, where it was seen before it was bound. */
  readonly podOf: (namespace: string, name: string) => BindingPod | undefined;
  /** Why the deletion cost of the pod on that node is another's to set. */
  readonly rivalOf: (namespace: string, pod: BindingPod, node: string) => RivalReason | undefined;
}

export interface BindingPod {
  readonly uid: string;
  readonly ownerKind: string;
  readonly hasCost: boolean;
  readonly inWorkloadSpread: boolean;
  readonly labels: Labels;
}

export interface BindingVerdict {
  readonly kind: 'patched' | 'skipped' | 'failed';
  readonly because: Reason;
  readonly policy?: string;
  readonly patch: string;
  readonly operations: number;
  readonly error?: unknown;
}

/**
 * The life of one review of a Binding: a pod that lands on a virtual node gets its mark in the very write that binds
 * it, because the API server copies a Binding's annotations to the pod. Whatever goes wrong, the Binding is allowed.
 *
 * @throws {AppError} review-invalid, where there is no uid to answer to.
 */
export function admitBinding(
  body: unknown,
  context: BindingContext,
): { readonly request: ReviewRequest; readonly verdict: BindingVerdict; readonly review: ReviewAnswer } {
  const request = parseReview(body);
  const verdict = judge(request, context);
  const audit = {
    verdict: verdict.kind,
    reason: verdict.because,
    ...(verdict.policy === undefined ? {} : { policy: verdict.policy }),
  };
  return { request, verdict, review: answer(request.uid, verdict.patch, [], audit) };
}

function judge(request: ReviewRequest, context: BindingContext): BindingVerdict {
  try {
    return mark(request, context);
  } catch (error) {
    const because =
      error instanceof AppError && error.code === 'object-invalid' ? error.code : 'internal-error';
    return { kind: 'failed', because, patch: '', operations: 0, error };
  }
}

function mark(request: ReviewRequest, context: BindingContext): BindingVerdict {
  if (request.kind !== 'Binding') return skip('kind-not-handled');
  if (request.operation !== 'CREATE') return skip('operation-not-handled');
  const binding = readBinding(request);
  const { namespace } = request;
  const providers = context.providersOf(binding.node);
  if (providers === undefined) return skip('node-not-virtual');

  const pod = knownPod(context.podOf(namespace, binding.pod), binding);
  if (pod === undefined) return skip('pod-not-known');
  if (!ranksPods(pod.ownerKind)) return skip('owner-does-not-rank');

  const decision = markFor(namespace, providers, context.snapshot);
  if (decision.kind === 'none') return skip(decision.because, decision.policy);
  const { policy } = decision.mark;
  const rival = context.rivalOf(namespace, pod, binding.node);
  if (rival !== undefined) return skip(rival, policy);
  if (pod.hasCost || binding.hasCost) return skip('cost-of-another', policy);
  return patched(decision.mark, binding.hasAnnotations);
}

/** A Binding's annotations overwrite the pod's, so a pod that is not known is left to the controller. */
const knownPod = (pod: BindingPod | undefined, { uid }: ReadBinding): BindingPod | undefined =>
  uid === '' || uid === pod?.uid ? pod : undefined;

function patched(mark: Mark, hasAnnotations: boolean): BindingVerdict {
  const patch = new PatchBuilder();
  const place = { pointer: '/metadata/annotations', named: '' };
  patch.ensure(place, hasAnnotations ? {} : undefined, 'map');
  for (const [key, value] of Object.entries(markAnnotations(mark))) patch.add(below(place, key), value);
  return {
    kind: 'patched',
    because: 'marked',
    policy: mark.policy,
    patch: JSON.stringify(patch.operations),
    operations: patch.operations.length,
  };
}

interface ReadBinding {
  readonly node: string;
  readonly pod: string;
  /** Empty where the Binding names none. */
  readonly uid: string;
  readonly hasAnnotations: boolean;
  readonly hasCost: boolean;
}

function readBinding({ object, name }: ReviewRequest): ReadBinding {
  if (object === null) throw new AppError('object-invalid', 'request.object: expected an object, got null');
  const target = objectAt(object, 'target', '') ?? {};
  const metadata = objectAt(object, 'metadata', '') ?? {};
  const annotations = stringMapAt(metadata, 'annotations', '/metadata');
  return {
    node: stringAt(target, 'name', '/target') ?? '',
    pod: stringAt(metadata, 'name', '/metadata') ?? name,
    uid: stringAt(metadata, 'uid', '/metadata') ?? '',
    hasAnnotations: (metadata['annotations'] ?? undefined) !== undefined,
    hasCost: Object.hasOwn(annotations, deletionCostAnnotation),
  };
}

const skip = (because: Reason, policy?: string): BindingVerdict => ({
  kind: 'skipped',
  because,
  ...(policy === undefined ? {} : { policy }),
  patch: '',
  operations: 0,
});
