import type { KubeObject } from '../../kube/object.js';
import { cloneJson, isObject, type JsonObject } from '../../objects/json.js';
import { recordAnnotation } from '../../objects/well-known.js';
import { readWorkload, type WorkloadKind } from '../../objects/workload.js';
import { originalOf } from '../../placement/original.js';
import type { Operation } from '../../placement/patch.js';
import { plan } from '../../placement/plan.js';
import type { Snapshot } from '../../placement/snapshot.js';
import type { Reason } from '../../policy/reasons.js';
import { admit } from '../../webhook/admit.js';
import type { Verdict } from '../../webhook/verdict.js';

/**
 * How an object of the cluster stands to what the policies want of it:
 *
 * - `as-wanted` it is placed as its policy wants it, or, a Job or a Pod, was so when it was created
 * - `missed` a policy would have placed it, but nothing of ours is on it: it was there first, or the webhook was away
 * - `would-change` it is placed otherwise than wanted by now, or is not to be placed any more
 * - `left-alone` nobody wants it, or it cannot be placed; the reason says which
 */
export const standings = ['as-wanted', 'missed', 'would-change', 'left-alone'] as const;
export type Standing = (typeof standings)[number];

export interface Assessment {
  readonly standing: Standing;
  readonly because: Reason;
  readonly policy?: string;
  /** Where in the object the cause is. */
  readonly where?: string;
  /** What brings a CronJob to what is wanted; always empty for a Job or a Pod, which cannot be changed. */
  readonly operations: readonly Operation[];
}

/** Namespaces that the chart's webhook configuration leaves out whatever their labels, beside tidegate's own. */
const systemNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-node-lease']);

/**
 * What the webhook would make of an object as it is now. Never throws; `object` is left as it is.
 *
 * @param ownNamespace Where tidegate is installed, as far as that is known.
 */
export function assess(
  kind: WorkloadKind,
  object: KubeObject,
  snapshot: Snapshot,
  ownNamespace?: string,
): Assessment {
  const { namespace = '', annotations = {} } = object.metadata;
  // Not there yet is not the same as not opted in: nothing is taken back because a watch is late.
  if (snapshot.namespaceLabels(namespace) === undefined) return leftAlone('namespace-unknown');
  if (systemNamespaces.has(namespace) || namespace === ownNamespace) return leftAlone('system-namespace');
  const isPlaced = annotations[recordAnnotation] !== undefined;
  if (kind !== 'CronJob' && isPlaced)
    return { standing: 'as-wanted', because: 'already-placed', operations: [] };

  // Of no known size: where something is added, it is measured.
  const { verdict } = admit(reviewOf(kind, cloneJson(object)), snapshot, Infinity);
  return {
    ...toldOf(verdict, isPlaced),
    standing: standingOf(verdict, isPlaced),
    operations: changesTo(kind, verdict),
  };
}

/**
 * What takes back all that an earlier placement put in, whatever the policies want.
 *
 * @throws {AppError} object-invalid, where the CronJob cannot be read.
 */
export function assessRevert(object: KubeObject): Assessment {
  const copy = cloneJson(object);
  const workload = readWorkload('CronJob', copy, object.metadata.namespace ?? '');
  const original = originalOf(workload);
  if (original.workload === workload) return leftAlone('not-placed');
  const { operations } = plan(workload, original, undefined, 0);
  return { standing: 'would-change', because: 'taken-back', operations };
}

const leftAlone = (because: Reason): Assessment => ({ standing: 'left-alone', because, operations: [] });

function standingOf(verdict: Verdict, isPlaced: boolean): Standing {
  switch (verdict.kind) {
    case 'patched':
      return isPlaced ? 'would-change' : 'missed';
    case 'unchanged':
      return 'as-wanted';
    case 'observed':
    case 'skipped':
    case 'failed':
      return 'left-alone';
    default:
      return verdict satisfies never;
  }
}

const toldOf = (
  { because, policy, where }: Verdict,
  isPlaced: boolean,
): Pick<Assessment, 'because' | 'policy' | 'where'> => ({
  because: because === 'placed' ? notYet(isPlaced) : because,
  ...(policy === undefined ? {} : { policy }),
  ...(where === undefined ? {} : { where }),
});

/** Why a policy would place it, in the words of how it stands before that. */
const notYet = (isPlaced: boolean): Reason => (isPlaced ? 'outdated' : 'not-placed');

const changesTo = (kind: WorkloadKind, verdict: Verdict): readonly Operation[] =>
  kind === 'CronJob' && verdict.kind === 'patched' ? verdict.plan.operations : [];

/** A CronJob's update that changes nothing; a Job or a Pod as it may have been created. */
function reviewOf(kind: WorkloadKind, object: KubeObject): JsonObject {
  const { name = '', namespace = '' } = object.metadata;
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: 'assessment',
      kind: { group: kind === 'Pod' ? '' : 'batch', version: 'v1', kind },
      operation: kind === 'CronJob' ? 'UPDATE' : 'CREATE',
      name,
      namespace,
      object: kind === 'Pod' ? unbound(object) : object,
    },
  };
}

/** Its node came after its creation. */
function unbound(pod: KubeObject): JsonObject {
  const { spec } = pod;
  if (!isObject(spec)) return pod;
  return { ...pod, spec: { ...spec, nodeName: undefined } };
}
