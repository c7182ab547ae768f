import { AppError } from '../errors.js';
import { readFileTexts } from './file-texts.js';
import {
  type FileText,
  formatFault,
  type Locate,
  type LocatedFault,
  policyError,
  type PolicySet,
  readPolicySet,
} from './policy-set.js';

/** What was read: a set that is good, or every fault. */
export type PolicyRead =
  | {
      readonly ok: true;
      readonly set: PolicySet;
      readonly locate: Locate;
      /** What is wrong beside the set: of policies that are read one by one, the others serve. */
      readonly complaint?: AppError;
    }
  | { readonly ok: false; readonly faults: readonly LocatedFault[]; readonly error: AppError };

/**
 * Policies and Namespaces from files and folders of YAML.
 * @throws AppError `policy-invalid` with every fault of every file, `file-unreadable` where nothing could be read.
 */
export async function loadPolicyFiles(paths: readonly string[]): Promise<PolicySet> {
  const read = await readPolicyFiles(paths);
  if (!read.ok) throw read.error;
  return read.set;
}

/** The same without throwing, and with where everything stands. */
export async function readPolicyFiles(paths: readonly string[]): Promise<PolicyRead> {
  return toPolicyRead(paths, await readFileTexts(paths));
}

/** What texts of files say. No policy at all is a fault too: it would take everything back. */
export function toPolicyRead(
  paths: readonly string[],
  texts: { readonly files: readonly FileText[]; readonly faults: readonly LocatedFault[] },
): PolicyRead {
  const { set, faults: inFiles, locate } = readPolicySet(texts.files);
  const faults = [...texts.faults, ...inFiles];
  if (faults.length === 0 && set.policies.length > 0) return { ok: true, set, locate };
  if (texts.files.length === 0 && texts.faults.length > 0) {
    return { ok: false, faults, error: new AppError('file-unreadable', faults.map(formatFault).join('\n')) };
  }
  const all = faults.length > 0 ? faults : [noPolicy(paths)];
  return { ok: false, faults: all, error: policyError(all) };
}

function noPolicy(paths: readonly string[]): LocatedFault {
  return { file: paths.join(', '), path: '', message: 'expected at least one VirtualNodePolicy, got none' };
}
