import { messageOf } from '../errors.js';
import { kindOf } from '../kube/errors.js';
import { fault, skipped, type Check, type Examination, type Finding } from './check.js';

/** A finding, and the check that it is of. */
export interface Result extends Finding {
  readonly check: string;
}

/** Runs checks in their order. Never rejects: what a check throws is a finding of it. */
export async function examine(
  checks: readonly Check[],
  examination: Examination,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const check of checks) {
    const missing = check.needs.find((id) => !hasSucceeded(id, results));
    const findings =
      missing === undefined ? await findingsOf(check, examination) : [skipped(`${missing} comes first`)];
    results.push(...findings.map((finding) => ({ check: check.id, ...finding })));
  }
  return results;
}

/** 0: no fault; 1: at least one. */
export const exitCodeOf = (results: readonly Result[]): number =>
  results.some(({ status }) => status === 'fault') ? 1 : 0;

/** Of a check that was not run, as of one that failed, nothing is known. */
function hasSucceeded(id: string, results: readonly Result[]): boolean {
  const own = results.filter(({ check }) => check === id);
  return own.length > 0 && own.every(({ status }) => status === 'ok' || status === 'warning');
}

async function findingsOf(check: Check, examination: Examination): Promise<readonly Finding[]> {
  try {
    return await check.run(examination);
  } catch (error) {
    return [asFinding(error)];
  }
}

function asFinding(error: unknown): Finding {
  const text = messageOf(error);
  return kindOf(error) === 'forbidden'
    ? skipped(`you may not look: ${text}`, 'run it with the rights that docs/doctor.md lists')
    : fault(text, 'kubectl get --raw "/readyz?verbose"');
}
