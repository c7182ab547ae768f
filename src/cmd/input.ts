import { AppError } from '../errors.js';
import { readManifests, type ManifestSet } from '../manifests/read.js';
import { compile } from '../placement/compile.js';
import type { Snapshot } from '../placement/snapshot.js';
import { providers } from '../providers/registry.js';
import { readFileTexts } from '../sources/file-texts.js';
import { toNamespaceLabels } from '../sources/namespaces.js';
import { loadPolicyFiles } from '../sources/policy-files.js';
import { formatFault, type FileText } from '../sources/policy-set.js';
import { toSnapshot } from '../sources/snapshot.js';
import type { Io } from './command.js';
import { required } from './flags.js';

/** The flags by which a command is given manifests, and policies to try on them. */
export const inputFlags = {
  filename: { type: 'string', short: 'f', multiple: true },
  policies: { type: 'string', multiple: true },
  namespace: { type: 'string', short: 'n', default: 'default' },
} as const;

export interface InputValues {
  readonly filename?: string[] | undefined;
  readonly policies?: string[] | undefined;
  readonly namespace: string;
}

export interface Input extends ManifestSet {
  readonly snapshot: Snapshot;
  /** Of manifests without one. */
  readonly namespace: string;
}

/** @throws {AppError} usage, file-unreadable, policy-invalid, manifest-invalid: each with all that is wrong. */
export async function readInput({ filename, policies, namespace }: InputValues, io: Io): Promise<Input> {
  const paths = required('filename', filename);
  const policyPaths = required('policies', policies);
  checkNamespace(namespace);
  const set = await loadPolicyFiles(policyPaths);
  const manifests = readManifests(await readTexts(paths, io));
  const labels = new Map([...set.namespaces, ...toNamespaceLabels(manifests.namespaces)]);
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const snapshot = toSnapshot(set, {
    compile: (policy) => compile(policy, byName),
    observe: false,
    namespaceLabels: (name) => labels.get(name),
  });
  return { ...manifests, snapshot, namespace };
}

/** @throws {AppError} usage */
export function checkNamespace(namespace: string): void {
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    throw new AppError('usage', `--namespace: expected the name of a namespace, got '${namespace}'`);
  }
}

/** As kubectl reads: `-` is standard input, and of a folder its own files, not those of its folders. */
async function readTexts(paths: readonly string[], io: Io): Promise<readonly FileText[]> {
  const texts: FileText[] = [];
  for (const path of new Set(paths)) {
    if (path === '-') {
      texts.push({ file: 'stdin', text: (await io.stdin?.()) ?? '' });
      continue;
    }
    const { files, faults } = await readFileTexts([path], 1);
    if (faults.length > 0) throw new AppError('file-unreadable', faults.map(formatFault).join('\n'));
    if (files.length === 0) {
      throw new AppError('file-unreadable', `${path}: expected .yaml, .yml or .json files in it, got none`);
    }
    texts.push(...files);
  }
  return texts;
}
