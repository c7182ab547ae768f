import { deepEqual, isObject, type JsonObject } from '../../objects/json.js';
import { formatPath } from '../../policy/fault.js';
import type { PolicyObject } from '../../sources/policy-objects.js';
import { conditionsFrom, hasCondition, type Verdict } from '../condition.js';

/** CronJobs of one policy, counted. */
export interface Tally {
  /** Placed by it. */
  readonly placed: number;
  /** It would have placed them, but they were there first, or the webhook was away. */
  readonly missed: number;
  /** Placed otherwise than it wants by now. */
  readonly outdated: number;
  /** Left alone though it decided about them, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
}

export const emptyTally: Tally = { placed: 0, missed: 0, outdated: 0, skipped: new Map() };

export interface StatusFacts {
  readonly policy: Pick<PolicyObject, 'generation' | 'faults' | 'serves' | 'status'>;
  readonly tally: Tally;
  /** What is allowed in it and will not do what it looks like, a line each. */
  readonly warnings: readonly string[];
  /** Turns every policy to Observe. */
  readonly observe: boolean;
  /** RFC 3339. */
  readonly now: string;
}

/** The status that a policy should have; undefined where it has it already. */
export function decideStatus({ policy, tally, warnings, observe, now }: StatusFacts): JsonObject | undefined {
  const before = isObject(policy.status) ? policy.status : {};
  const generation = policy.generation;
  const condition = conditionsFrom(before, generation, now);
  const status = {
    observedGeneration: generation,
    conditions: [
      condition('Accepted', accepted(policy, warnings)),
      condition('Active', active(policy, observe)),
    ],
    workloads: {
      placed: tally.placed,
      missed: tally.missed,
      outdated: tally.outdated,
      leftAlone: [...tally.skipped.values()].reduce((sum, count) => sum + count, 0),
      skipped: [...tally.skipped]
        .map(([reason, count]) => ({ reason, count }))
        .sort((a, b) => (a.reason < b.reason ? -1 : 1)),
    },
  };
  return isWritten(before, status) ? undefined : status;
}

function accepted({ faults }: StatusFacts['policy'], warnings: readonly string[]): Verdict {
  if (faults.length > 0) {
    const lines = faults.map(({ path, message }) => `${formatPath(path)}: ${message}`);
    return { is: false, reason: 'Invalid', message: lines.join('\n') };
  }
  if (warnings.length === 0) return { is: true, reason: 'Valid', message: 'nothing is wrong with it' };
  return { is: true, reason: 'ValidWithWarnings', message: warnings.join('\n') };
}

function active({ faults, serves }: StatusFacts['policy'], observe: boolean): Verdict {
  if (serves === undefined)
    return { is: false, reason: 'NotAccepted', message: 'it never was without a fault' };
  if (observe) return { is: false, reason: 'Observing', message: 'the process was started with --observe' };
  if (serves.spec.mode === 'Observe')
    return { is: false, reason: 'Observing', message: 'mode is Observe: it says what it would change' };
  return faults.length === 0
    ? { is: true, reason: 'Serving', message: 'it decides about the workloads that it matches' }
    : { is: true, reason: 'LastGoodServes', message: 'its last generation without a fault serves' };
}

/** Conditions of others may stand beside ours. */
function isWritten(
  before: JsonObject,
  status: JsonObject & { readonly conditions: readonly JsonObject[] },
): boolean {
  const { conditions, ...rest } = status;
  return (
    conditions.every((one) => hasCondition(before, one)) &&
    Object.entries(rest).every(([key, value]) => deepEqual(before[key], value))
  );
}
