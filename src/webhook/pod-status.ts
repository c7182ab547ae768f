import { AppError } from '../errors.js';
import type { JsonObject } from '../objects/json.js';
import { booleanAt, numberAt, objectAt, objectsAt, stringAt } from '../objects/read.js';
import { disruptionTarget, optInLabel, optInValue, ownScheduler } from '../objects/well-known.js';
import { below, PatchBuilder } from '../placement/patch.js';
import type { Snapshot } from '../placement/snapshot.js';
import { turnedAwayReasons } from '../placement/turned-away.js';
import type { Reason } from '../policy/reasons.js';
import { answer, parseReview, type ReviewAnswer, type ReviewRequest } from './review.js';

export interface PodStatusContext {
  readonly snapshot: Pick<Snapshot, 'observe' | 'namespaceLabels'>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface PodStatusVerdict {
  readonly kind: 'patched' | 'skipped' | 'failed';
  readonly because: Reason;
  /** Who turned it away, and why. */
  readonly where?: string;
  readonly patch: string;
  readonly operations: number;
  readonly error?: unknown;
}

/**
 * The life of one review of a pod's status: a pod of our scheduler that its node turned away before it ran gets the
 * condition DisruptionTarget in the very write that fails it, so that its Job, which sees it at once, need not count
 * it. Whatever goes wrong, the write is allowed.
 *
 * @throws {AppError} review-invalid, where there is no uid to answer to.
 */
export function admitPodStatus(
  body: unknown,
  context: PodStatusContext,
): { readonly request: ReviewRequest; readonly verdict: PodStatusVerdict; readonly review: ReviewAnswer } {
  const request = parseReview(body);
  const verdict = judge(request, context);
  const audit = { verdict: verdict.kind, reason: verdict.because };
  return { request, verdict, review: answer(request.uid, verdict.patch, [], audit) };
}

function judge(request: ReviewRequest, context: PodStatusContext): PodStatusVerdict {
  try {
    return forgive(request, context);
  } catch (error) {
    const because =
      error instanceof AppError && error.code === 'object-invalid' ? error.code : 'internal-error';
    return { kind: 'failed', because, patch: '', operations: 0, error };
  }
}

function forgive(request: ReviewRequest, { snapshot, now }: PodStatusContext): PodStatusVerdict {
  const { object, oldObject } = request;
  const foreign = notOurs(request, snapshot);
  if (foreign !== undefined || object === null) return skip(foreign ?? 'operation-not-handled');

  const pod = readPod(object);
  const left = leftAlone(pod, readPod(oldObject ?? {}));
  if (left !== undefined) return skip(left);
  const where = `node ${pod.node}, ${pod.reason}`;
  if (snapshot.observe) return { ...skip('policy-observes'), where };
  return { ...patched(pod, now), where };
}

function notOurs(
  { kind, subResource, operation, namespace }: ReviewRequest,
  { namespaceLabels }: PodStatusContext['snapshot'],
): Reason | undefined {
  if (kind !== 'Pod') return 'kind-not-handled';
  if (subResource !== 'status') return 'subresource';
  if (operation !== 'UPDATE') return 'operation-not-handled';
  const labels = namespaceLabels(namespace);
  return labels === undefined || labels[optInLabel] === optInValue ? undefined : 'namespace-not-opted-in';
}

function leftAlone(pod: ReadPod, before: ReadPod): Reason | undefined {
  if (pod.scheduler !== ownScheduler) return 'another-scheduler';
  if (pod.phase !== 'Failed' || before.phase === 'Failed') return 'not-failed-now';
  if (!turnedAwayReasons.includes(pod.reason)) return 'failed-otherwise';
  if (pod.node === '') return 'not-bound';
  if (pod.hasRun || before.hasRun) return 'has-run';
  return pod.conditions.some(isDisruption) ? 'already-disrupted' : undefined;
}

const isDisruption = ({ type, status }: JsonObject): boolean =>
  type === disruptionTarget && status === 'True';

function patched(pod: ReadPod, now: number): PodStatusVerdict {
  const condition = {
    type: disruptionTarget,
    status: 'True',
    reason: 'PlacementFailed',
    message: `node ${pod.node} turned the pod away before it ran: ${pod.reason}`,
    lastTransitionTime: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
  };
  const patch = new PatchBuilder();
  const place = { pointer: '/status/conditions', named: '' };
  const old = pod.conditions.findIndex(({ type }) => type === disruptionTarget);
  if (pod.conditions.length === 0) patch.ensure(place, undefined, 'list');
  if (old === -1) patch.add(below(place, pod.conditions.length), condition);
  else patch.replace(below(place, old), condition, pod.conditions[old]);
  return {
    kind: 'patched',
    because: 'turned-away',
    patch: JSON.stringify(patch.operations),
    operations: patch.operations.length,
  };
}

interface ReadPod {
  readonly scheduler: string;
  readonly node: string;
  readonly phase: string;
  readonly reason: string;
  readonly conditions: readonly JsonObject[];
  readonly hasRun: boolean;
}

function readPod(pod: JsonObject): ReadPod {
  const spec = objectAt(pod, 'spec', '') ?? {};
  const status = objectAt(pod, 'status', '') ?? {};
  const phase = stringAt(status, 'phase', '/status') ?? '';
  const lists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'];
  const containers = lists.flatMap((list) => objectsAt(status, list, '/status'));
  return {
    scheduler: stringAt(spec, 'schedulerName', '/spec') ?? '',
    node: stringAt(spec, 'nodeName', '/spec') ?? '',
    phase,
    reason: stringAt(status, 'reason', '/status') ?? '',
    conditions: objectsAt(status, 'conditions', '/status'),
    hasRun: phase === 'Running' || containers.some(hasStarted),
  };
}

function hasStarted(container: JsonObject): boolean {
  const at = '/status/containerStatuses';
  const states = ['state', 'lastState'].flatMap((name) => Object.keys(objectAt(container, name, at) ?? {}));
  return (
    states.some((state) => state !== 'waiting') ||
    booleanAt(container, 'started', at) ||
    (numberAt(container, 'restartCount', at) ?? 0) > 0
  );
}

const skip = (because: Reason): PodStatusVerdict => ({ kind: 'skipped', because, patch: '', operations: 0 });
