import { messageOf } from '../errors.js';
import type { Snapshot } from '../placement/snapshot.js';
import { workloadKinds } from '../objects/workload.js';
import { admit } from './admit.js';
import type { Decided } from './handler.js';
import type { Observation } from './observe.js';
import { answer, parseReview, type ReviewRequest } from './review.js';
import type { Verdict } from './verdict.js';

type Decide = (body: unknown, bytes: number) => Decided;

/** For `/mutate`: takes the snapshot once a review, and says in the words of the log what `admit` made of it. */
export function createDecide(snapshot: () => Snapshot): Decide {
  return (body, bytes) => {
    const { request, verdict, review } = admit(body, snapshot(), bytes);
    return { review, observation: observationOf(request, verdict) };
  };
}

/** For `/mutate/binding`: allows, changes nothing. */
export const decideBinding: Decide = (body) => {
  const request = parseReview(body);
  const review = answer(request.uid, '', [], {});
  return { review, observation: observationOf(request, { kind: 'skipped', because: 'kind-not-handled' }) };
};

function observationOf(request: ReviewRequest, verdict: Verdict): Observation {
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
    ...changesOf(verdict),
    error: 'error' in verdict ? messageOf(verdict.error) : undefined,
  };
}

function changesOf(verdict: Verdict): Pick<Observation, 'operations' | 'patchBytes'> {
  if (!('plan' in verdict)) return { operations: 0, patchBytes: 0 };
  const { operations, patch } = verdict.plan;
  return {
    operations: operations.length,
    patchBytes: verdict.kind === 'patched' ? Buffer.byteLength(patch) : 0,
  };
}

const kinds: readonly string[] = [...workloadKinds, 'Binding'];
const operations: readonly string[] = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'];

/** A metric label comes from a closed set. */
const known = (set: readonly string[], word: string): string => (set.includes(word) ? word : 'other');

/** Of what an API server sends; a log line is not to grow with what somebody else does. */
const longest = { uid: 36, name: 253 } as const;
