import { messageOf } from '../errors.js';
import { optInLabel, optInValue } from '../objects/well-known.js';
import { readWorkload, stableName, type Workload, workloadKinds } from '../objects/workload.js';
import type { CompiledPolicy } from '../placement/compile.js';
import type { Refused } from '../placement/gate.js';
import type { AspectName } from '../placement/intent.js';
import type { Outcome } from '../placement/outcome.js';
import { pass } from '../placement/place.js';
import { readRecord, type PlacementRecord } from '../placement/record.js';
import type { Snapshot } from '../placement/snapshot.js';
import { reasons, type Reason } from '../policy/reasons.js';
import { rolloutBucket } from '../policy/rollout.js';
import { explainSelection, type PolicyNote } from '../policy/select.js';
import { objectFault, placeOf, whereIs } from '../manifests/read.js';
import { nameOf, type Reviewed } from '../manifests/review.js';
import type { Verdict } from '../webhook/verdict.js';

/** Why one manifest ends as it does. This is what `tidegate explain -o json` prints, a list of them. */
export interface Explanation {
  /** `file:line` */
  readonly at: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** As the log and the metrics have it: `patched`, `unchanged`, `skipped`, `observed`, `failed`. */
  readonly verdict: Verdict['kind'];
  /** Its id, as in the log, the metrics and the audit annotation. */
  readonly reason: Reason;
  /** The reason as a sentence; of `failed`, what is wrong. */
  readonly sentence: string;
  /** What in the workload is the cause, where there is one; of `failed`, the place in the file. */
  readonly where?: string;
  /** The policy that decided, where one did. */
  readonly policy?: string;
  /** JSON Patch operations that are done, or would be by an observing policy. */
  readonly operations: number;
  /** `assumed`: the Namespace is not known here. */
  readonly optedIn: 'yes' | 'no' | 'assumed';
  /** Every policy, in the order in which they are asked. Empty where the kind is not handled. */
  readonly policies: readonly ExplainedPolicy[];
  /** Every provider of the policy that decided. Empty where the gate was not reached. */
  readonly providers: readonly ExplainedProvider[];
  /** What became of everything that the policy wants. Empty where nothing is to be placed. */
  readonly outcomes: readonly Outcome[];
  /** What an earlier placement put in and took out, by the object's own annotation. */
  readonly record?: PlacementRecord;
  /** What the person who deploys is told. */
  readonly warnings: readonly string[];
}

export interface ExplainedPolicy extends PolicyNote {
  readonly sentence?: string;
  /** Where it matches and places a share only: the percentage, and the workload's own bucket, which must be lower. */
  readonly rollout?: { readonly percent: number; readonly bucket: number };
}

export interface ExplainedProvider {
  readonly provider: string;
  readonly runs: boolean;
  readonly reason?: Reason;
  readonly sentence?: string;
  readonly where?: string;
}

/** The parts of a policy that nothing was wanted of. */
export function silentAspects(outcomes: readonly Outcome[], all: readonly AspectName[]): AspectName[] {
  return all.filter((name) => !outcomes.some(({ aspect }) => aspect === name));
}

/** Tells of a review what the answer to it leaves out. */
export function explain(reviewed: Reviewed, snapshot: Snapshot): Explanation {
  const { manifest, namespace, verdict, review } = reviewed;
  const workload = workloadOf(reviewed);
  const record = workload && readRecord(workload.annotations);
  return {
    at: whereIs(manifest),
    kind: manifest.kind,
    namespace,
    name: nameOf(manifest),
    ...endOf(reviewed),
    optedIn: optInOf(namespace, snapshot),
    policies: workload ? policiesOf(workload, snapshot) : [],
    providers: workload ? providersOf(workload, verdict, snapshot) : [],
    outcomes: 'plan' in verdict ? verdict.plan.outcomes : [],
    ...(record && { record }),
    warnings: review.response.warnings ?? [],
  };
}

type End = Pick<Explanation, 'verdict' | 'reason' | 'sentence' | 'where' | 'policy' | 'operations'>;

function endOf({ manifest, verdict }: Reviewed): End {
  const { kind, because, policy } = verdict;
  const common = {
    verdict: kind,
    reason: because,
    ...(policy === undefined ? {} : { policy }),
    operations: 'plan' in verdict ? verdict.plan.operations.length : 0,
  };
  if (kind !== 'failed') {
    const { where } = verdict;
    return { ...common, sentence: reasons[because], ...(where === undefined ? {} : { where }) };
  }
  const fault = objectFault(manifest, messageOf(verdict.error));
  return { ...common, sentence: messageOf(verdict.error), where: placeOf(fault) };
}

function optInOf(namespace: string, snapshot: Snapshot): Explanation['optedIn'] {
  const labels = snapshot.namespaceLabels(namespace);
  if (labels === undefined) return 'assumed';
  return labels[optInLabel] === optInValue ? 'yes' : 'no';
}

/** Absent for other kinds, and where it cannot be read. */
function workloadOf({ manifest, namespace, verdict }: Reviewed): Workload | undefined {
  const kind = workloadKinds.find((known) => known === manifest.kind);
  if (kind === undefined || verdict.because === 'kind-not-handled' || verdict.kind === 'failed')
    return undefined;
  return readWorkload(kind, manifest.object, namespace);
}

function policiesOf(workload: Workload, snapshot: Snapshot): ExplainedPolicy[] {
  const context = {
    namespaceLabels: snapshot.namespaceLabels(workload.namespace),
    observe: snapshot.observe,
  };
  return explainSelection(workload, snapshot.index, context).map((note) => {
    const percent = snapshot.index.byName.get(note.policy)?.policy.spec.rolloutPercent ?? 100;
    const bucket = rolloutBucket(note.policy, workload.namespace, stableName(workload));
    return {
      ...note,
      ...(note.because && { sentence: reasons[note.because] }),
      ...(percent < 100 && note.outcome !== 'no-match' && { rollout: { percent, bucket } }),
    };
  });
}

function providersOf(workload: Workload, verdict: Verdict, snapshot: Snapshot): ExplainedProvider[] {
  const compiled =
    verdict.policy === undefined ? undefined : snapshot.index.byName.get(verdict.policy)?.compiled;
  const reachedGate = verdict.gate === true || 'passage' in verdict;
  if (compiled === undefined || !reachedGate) return [];
  const passage = pass(workload, compiled);
  return compiled.policy.spec.placement.providers.map(({ name }) => {
    const refusal = passage.refusals.find(({ provider }) => provider === name) ?? leftOut(name, compiled);
    const whole = passage.kind === 'refused' && passage.refusals.length === 0 ? passage.refused : undefined;
    const { because, where } = refusal ?? whole ?? {};
    if (because === undefined) return { provider: name, runs: true };
    const reason = { reason: because, sentence: reasons[because] };
    return { provider: name, runs: false, ...reason, ...(where === undefined ? {} : { where }) };
  });
}

/** Why a provider of the policy is never used. */
function leftOut(name: string, compiled: CompiledPolicy): Refused | undefined {
  const { chosen } = compiled;
  if (chosen.some(({ provider }) => provider.name === name)) return undefined;
  return compiled.intentFor(chosen).slots.notOffered.find(({ item }) => item === `provider ${name}`);
}
