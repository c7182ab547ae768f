import { messageOf } from '../errors.js';
import type { Snapshot } from '../placement/snapshot.js';
import { workloadKinds } from '../objects/workload.js';
import { admit } from './admit.js';
import type { Clock } from '../telemetry/clock.js';
import type { ScaleInMetrics } from '../telemetry/metrics.js';
import { admitBinding, type BindingContext, type BindingVerdict } from './binding.js';
import type { Decided } from './handler.js';
import type { Observation } from './observe.js';
import { admitPodStatus, type PodStatusVerdict } from './pod-status.js';
import { answer, parseReview, type ReviewRequest } from './review.js';
import type { Verdict } from './verdict.js';

type Decide = (body: unknown, bytes: number) => Decided;

/** For `/mutate`: takes the snapshot once a review, and says in the words of the log what `admit` made of it. */
export function createDecide(snapshot: () => Snapshot): Decide {
  return (body, bytes) => {
    const { request, verdict, review } = admit(body, snapshot(), bytes);
    return { review, observation: observationOf(request, verdict, changesOf(verdict)) };
  };
}

/** What a review of a Binding has to know of the cluster, and cannot see. */
export type BindingSources = Omit<BindingContext, 'snapshot'>;

/** For `/mutate/binding`. Without `sources`, because no cluster is watched, it changes nothing. */
export function createDecideBinding(
  snapshot: () => Snapshot,
  sources: BindingSources | undefined,
  { marks, bindToMark }: Pick<ScaleInMetrics, 'marks' | 'bindToMark'>,
): Decide {
  if (sources === undefined) return decideUnwatched;
  return (body) => {
    const { request, verdict, review } = admitBinding(body, { snapshot: snapshot(), ...sources });
    if (verdict.because !== 'node-not-virtual')
      marks.inc({ path: 'bind', result: bindResults[verdict.kind] });
    if (verdict.kind === 'patched') bindToMark.observe({ path: 'bind' }, 0);
    return { review, observation: observationOf(request, verdict, patchChanges(verdict)) };
  };
}

/** For `/mutate/pod-status`. */
export function createDecidePodStatus(snapshot: () => Snapshot, clock: Pick<Clock, 'now'>): Decide {
  return (body) => {
    const { request, verdict, review } = admitPodStatus(body, { snapshot: snapshot(), now: clock.now() });
    return { review, observation: observationOf(request, verdict, patchChanges(verdict)) };
  };
}

const decideUnwatched: Decide = (body) => {
  const request = parseReview(body);
  const review = answer(request.uid, '', [], {});
  const verdict = { kind: 'skipped', because: 'no-cluster-watched' } as const;
  return { review, observation: observationOf(request, verdict, noChanges) };
};

const bindResults = { patched: 'marked', skipped: 'skipped', failed: 'failed' } as const;

type Changes = Pick<Observation, 'operations' | 'patchBytes' | 'notOffered'>;

const noChanges: Changes = { operations: 0, patchBytes: 0 };

const patchChanges = ({ operations, patch }: BindingVerdict | PodStatusVerdict): Changes => ({
  operations,
  patchBytes: Buffer.byteLength(patch),
});

type Told = Pick<Verdict, 'kind' | 'because' | 'policy' | 'where'> & { readonly error?: unknown };

function observationOf(request: ReviewRequest, verdict: Told, changes: Changes): Observation {
  const { uid, namespace, name, dryRun } = request;
  return {
    uid: uid.slice(0, longest.uid),
    kind: known(kinds, request.kind),
    operation: known(operations, request.operation),
    namespace: namespace.slice(0, longest.name),
    name: name.slice(0, longest.name),
    dryRun,
    verdict: verdict.kind,
    reason: verdict.because,
    policy: verdict.policy,
    where: verdict.where,
    ...changes,
    error: verdict.error === undefined ? undefined : messageOf(verdict.error),
  };
}

function changesOf(verdict: Verdict): Changes {
  if (!('plan' in verdict)) return noChanges;
  const { operations, patch, outcomes } = verdict.plan;
  const notOffered = [...new Set(outcomes.flatMap(({ because }) => because ?? []))];
  return {
    operations: operations.length,
    patchBytes: verdict.kind === 'patched' ? Buffer.byteLength(patch) : 0,
    ...(notOffered.length > 0 ? { notOffered } : {}),
  };
}

const kinds: readonly string[] = [...workloadKinds, 'Binding'];
const operations: readonly string[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** A metric label comes from a closed set. */
const known = (set: readonly string[], word: string): string => (set.includes(word) ? word : 'other');

/** Of what an API server sends; a log line is not to grow with what somebody else does. */
const longest = { uid: 36, name: 253 } as const;
