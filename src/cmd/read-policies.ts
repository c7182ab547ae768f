import type { Client } from '../kube/client.js';
import { compile } from '../placement/compile.js';
import type { Snapshot } from '../placement/snapshot.js';
import { providers } from '../providers/registry.js';
import { readPolicyFiles } from '../sources/policy-files.js';
import { readPolicyObjects } from '../sources/policy-objects.js';
import { toSnapshot } from '../sources/snapshot.js';

/**
 * The policies as they are now: of files, else of the cluster. Of objects the faulty ones are left out, and told.
 *
 * @throws {AppError} policy-invalid, file-unreadable; KubeError.
 */
export async function readPolicies(
  paths: readonly string[] | undefined,
  client: Client,
  complain: (text: string) => void,
): Promise<Snapshot> {
  const read = paths === undefined ? await readPolicyObjects(client) : await readPolicyFiles(paths);
  if (!read.ok) throw read.error;
  if (read.complaint !== undefined) complain(`${read.complaint.message}\n`);
  return toSnapshot(read.set, { compile: (policy) => compile(policy, byName), observe: false });
}

const byName = new Map(providers.map((provider) => [provider.name, provider]));
