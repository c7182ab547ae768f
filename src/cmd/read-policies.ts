import { AppError } from '../errors.js';
import { compile } from '../placement/compile.js';
import type { Snapshot } from '../placement/snapshot.js';
import { providers } from '../providers/registry.js';
import { loadPolicyFiles } from '../sources/policy-files.js';
import { toSnapshot } from '../sources/snapshot.js';

/**
 * The policies as they are now: of files, else of the cluster.
 *
 * @throws {AppError} policy-invalid, file-unreadable.
 */
export async function readPolicies(paths: readonly string[] | undefined): Promise<Snapshot> {
  if (paths === undefined) throw new AppError('usage', '--policies is required');
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const set = await loadPolicyFiles(paths);
  return toSnapshot(set, { compile: (policy) => compile(policy, byName), observe: false });
}
