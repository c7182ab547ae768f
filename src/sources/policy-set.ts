import { createHash } from 'node:crypto';
import { AppError } from '../errors.js';
import { isObject } from '../objects/json.js';
import type { Labels } from '../objects/selector.js';
import { type Fault, formatPath, show } from '../policy/fault.js';
import { parseNamespace, parsePolicy } from '../policy/parse.js';
import type { Policy } from '../policy/policy.js';
import { namespaceKind, type NamespaceDocument, policyKind } from '../policy/schema.js';
import { toNamespaceLabels } from './namespaces.js';
import { type Position, readYaml, type YamlDocument } from './yaml-documents.js';

/** Everything that policy files say. */
export interface PolicySet {
  readonly policies: readonly Policy[];
  /** Labels of the Namespaces that stand beside the policies, by name. */
  readonly namespaces: ReadonlyMap<string, Labels>;
  /** The same on every replica that read the same content, whatever its order, files and comments. */
  readonly hash: string;
}

export interface FileText {
  /** As a message names it. */
  readonly file: string;
  readonly text: string;
}

export interface LocatedFault {
  readonly file: string;
  /** Both from 1; absent where a whole file is meant. */
  readonly line?: number;
  readonly column?: number;
  /** In the document, as `spec.match.workloads.kinds[0]`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
}

/** Where a member of a policy stands in its file, to the nearest member that is there. */
export type Locate = (policy: string, path: Fault['path']) => Position & { readonly file: string };

/** What was read, and all faults of all files at once; the set is good only where there are none. Never throws. */
export function readPolicySet(files: readonly FileText[]): {
  readonly set: PolicySet;
  readonly faults: readonly LocatedFault[];
  readonly locate: Locate;
} {
  const reading: Reading = { policies: new Map(), namespaces: new Map(), faults: [] };
  for (const { file, text } of files) {
    const { documents, faults } = readYaml(text);
    const before = reading.faults.length;
    reading.faults.push(...faults.map((fault) => ({ file, path: '', ...fault })));
    for (const document of documents) readDocument(reading, file, document);
    reading.faults.push(...reading.faults.splice(before).sort(byPosition));
  }
  const policies = [...reading.policies.values()].map(({ value }) => value);
  const namespaces = toNamespaceLabels([...reading.namespaces.values()].map(({ value }) => value));
  return {
    set: { policies, namespaces, hash: hashOf(policies, namespaces) },
    faults: reading.faults,
    locate: (policy, path) => {
      const { file, document } = reading.policies.get(policy) ?? {};
      return { file: file ?? '', ...(document?.positionOf(path) ?? { line: 1, column: 1 }) };
    },
  };
}

/** `file:line:column: path: message`, as compilers print it and editors open it. */
export function formatFault({ file, line, column, path, message }: LocatedFault): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}

/** All faults in one error, one line each. */
export function policyError(faults: readonly LocatedFault[]): AppError {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return new AppError('policy-invalid', `${count} in the policies:\n${faults.map(formatFault).join('\n')}`);
}

interface Named<T> {
  readonly value: T;
  readonly file: string;
  readonly document: YamlDocument;
}

interface Reading {
  readonly policies: Map<string, Named<Policy>>;
  readonly namespaces: Map<string, Named<NamespaceDocument>>;
  readonly faults: LocatedFault[];
}

function byPosition(a: LocatedFault, b: LocatedFault): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function readDocument(reading: Reading, file: string, document: YamlDocument): void {
  const kind = isObject(document.value) ? document.value['kind'] : undefined;
  switch (kind) {
    case policyKind:
      keep(reading, reading.policies, file, document, parsePolicy(document.value));
      break;
    case namespaceKind:
      keep(reading, reading.namespaces, file, document, parseNamespace(document.value));
      break;
    default: {
      const message = `expected a document of kind ${policyKind} or ${namespaceKind}, got ${show(isObject(document.value) ? kind : document.value)}`;
      complain(reading, file, document, { path: isObject(document.value) ? ['kind'] : [], message });
    }
  }
}

type Document = { readonly metadata: { readonly name: string }; readonly kind: string };
type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: readonly Fault[] };

function keep<T extends Document>(
  reading: Reading,
  kept: Map<string, Named<T>>,
  file: string,
  document: YamlDocument,
  parsed: Outcome<T>,
): void {
  if (!parsed.ok) {
    for (const fault of parsed.faults) complain(reading, file, document, fault);
    return;
  }
  const path = ['metadata', 'name'];
  const { name } = parsed.value.metadata;
  const first = kept.get(name);
  if (first !== undefined) {
    const message = `expected a name of its own, got ${show(name)}, which is at ${first.file}:${first.document.positionOf(path).line} too`;
    complain(reading, file, document, { path, message });
    return;
  }
  kept.set(name, { value: parsed.value, file, document });
}

function complain(reading: Reading, file: string, document: YamlDocument, { path, message }: Fault): void {
  reading.faults.push({ file, ...document.positionOf(path), path: formatPath(path), message });
}

/** 12 of 64 hexadecimal digits: enough to tell versions apart, short enough for a metric label. */
export function hashOf(policies: readonly Policy[], namespaces: ReadonlyMap<string, Labels>): string {
  const byName = (a: Policy, b: Policy) => (a.metadata.name < b.metadata.name ? -1 : 1);
  const content = { policies: policies.toSorted(byName), namespaces: Object.fromEntries(namespaces) };
  return createHash('sha256').update(JSON.stringify(content, sortKeys)).digest('hex').slice(0, 12);
}

function sortKeys(_key: string, value: unknown): unknown {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
}
