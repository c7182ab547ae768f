import type { Json } from '../objects/json.js';
import type { YamlDocument } from '../sources/yaml-documents.js';
import type { ManifestFile } from './read.js';
import type { Reviewed } from './review.js';
import { rewrite, type Rewritten } from './rewrite.js';

/** A file with what its reviews asked for: as text, and each document as JSON. */
export interface Injected extends Rewritten {
  readonly file: ManifestFile;
  readonly values: readonly unknown[];
}

/** @throws {AppError} manifest-invalid, where the changed text does not read as it should. */
export function injectFile(file: ManifestFile, reviewed: readonly Reviewed[]): Injected {
  const after = new Map<YamlDocument, Json>();
  for (const one of reviewed) {
    if (one.manifest.file !== file || one.operations.length === 0) continue;
    const { document, path } = one.manifest;
    after.set(document, withAt(after.get(document) ?? (document.value as Json), path, one.after));
  }
  const changes = [...after].map(([document, value]) => ({ document, after: value }));
  return {
    ...rewrite(file.text, file.documents, changes),
    file,
    values: file.documents.map((document) => after.get(document) ?? document.value),
  };
}

/** The texts of files as those of one. */
export function joinTexts(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text, i) => {
      if (i === 0) return text;
      // A directive, as `%YAML`, may only follow the end of a document.
      if (text.startsWith('%')) return `...\n${text}`;
      return /^---\s/.test(text) ? text : `---\n${text}`;
    })
    .map((text, i, all) => (i + 1 === all.length || text.endsWith('\n') ? text : `${text}\n`))
    .join('');
}

/** `value` with the member at `path` set; what is beside it is shared. */
function withAt(value: Json, path: readonly (string | number)[], member: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return member;
  const old = (value as Readonly<Record<string | number, Json>>)[key] ?? null;
  const entry = withAt(old, rest, member);
  if (Array.isArray(value)) return (value as readonly Json[]).with(Number(key), entry);
  return { ...(value as Readonly<Record<string, Json>>), [key]: entry };
}
