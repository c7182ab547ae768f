import { AppError } from '../errors.js';
import { isObject, type JsonObject } from '../objects/json.js';
import { parsePointer } from '../objects/json-pointer.js';
import { formatPath, type Fault } from '../policy/fault.js';
import { parseNamespace } from '../policy/parse.js';
import { namespaceKind, type NamespaceDocument } from '../policy/schema.js';
import { formatFault, type FileText, type LocatedFault } from '../sources/policy-set.js';
import { readYaml, type YamlDocument } from '../sources/yaml-documents.js';

/** A file with manifests, and its documents in order. */
export interface ManifestFile extends FileText {
  readonly documents: readonly YamlDocument[];
}

/** One object of a file: a document, or an item of a List. */
export interface Manifest {
  readonly file: ManifestFile;
  readonly document: YamlDocument;
  /** Of the object in its document. */
  readonly path: readonly (string | number)[];
  readonly object: JsonObject;
  /** With a List's own where its items have none, as lists of one kind leave them out. */
  readonly apiVersion: string;
  readonly kind: string;
}

export interface ManifestSet {
  readonly files: readonly ManifestFile[];
  readonly manifests: readonly Manifest[];
  readonly namespaces: readonly NamespaceDocument[];
}

/**
 * The objects in some files; what is no object with a kind is left out, and passes through.
 * @throws {AppError} manifest-invalid, with every fault of every file.
 */
export function readManifests(texts: readonly FileText[]): ManifestSet {
  const faults: LocatedFault[] = [];
  const files = texts.map((file): ManifestFile => {
    const { documents, faults: wrong } = readYaml(file.text, { merge: true });
    faults.push(...wrong.map((fault) => ({ file: file.file, path: '', ...fault })));
    return { ...file, documents };
  });
  const manifests = files.flatMap((file) =>
    file.documents.flatMap((document) => manifestsOf(file, document)),
  );
  const namespaces = manifests.flatMap((manifest) => {
    if (manifest.kind !== namespaceKind) return [];
    const parsed = parseNamespace(manifest.object);
    if (parsed.ok) return [parsed.value];
    faults.push(...parsed.faults.map((fault) => located(manifest, fault)));
    return [];
  });
  if (faults.length > 0) throw manifestError(faults);
  return { files, manifests, namespaces };
}

/** `file:line`, for messages. */
export const whereIs = ({ file, document, path }: Manifest): string =>
  `${file.file}:${document.positionOf(path).line}`;

/** A fault of the object, with its place in the file. */
export function located({ file, document, path }: Manifest, fault: Fault): LocatedFault {
  const full = [...path, ...fault.path];
  return { file: file.file, ...document.positionOf(full), path: formatPath(full), message: fault.message };
}

/** What `admit` found wrong with an object; its message begins with a JSON Pointer where it knows the place. */
export function objectFault(manifest: Manifest, message: string): LocatedFault {
  const [, pointer = '', rest = message] = /^(\/\S*): (.*)$/s.exec(message) ?? [];
  return located(manifest, { path: parsePointer(pointer), message: rest });
}

/** `file:line:column` */
export const placeOf = ({ file, line = 1, column = 1 }: LocatedFault): string => `${file}:${line}:${column}`;

/** All faults in one error, one line each. */
export function manifestError(faults: readonly LocatedFault[]): AppError {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  return new AppError(
    'manifest-invalid',
    `${count} in the manifests:\n${faults.map(formatFault).join('\n')}`,
  );
}

function manifestsOf(file: ManifestFile, document: YamlDocument): Manifest[] {
  const { value } = document;
  if (!isObject(value)) return [];
  const { apiVersion, kind } = typeOf(value);
  const { items } = value;
  if (!kind.endsWith('List') || !Array.isArray(items)) {
    return kind === '' ? [] : [{ file, document, path: [], object: value, apiVersion, kind }];
  }
  return items.flatMap((item: unknown, i): Manifest[] => {
    if (!isObject(item)) return [];
    const own = typeOf(item);
    const type =
      own.kind === '' && kind !== 'List' ? { apiVersion, kind: kind.slice(0, -'List'.length) } : own;
    return type.kind === '' ? [] : [{ file, document, path: ['items', i], object: item, ...type }];
  });
}

function typeOf({ apiVersion, kind }: JsonObject): { readonly apiVersion: string; readonly kind: string } {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { apiVersion: text(apiVersion), kind: text(kind) };
}
