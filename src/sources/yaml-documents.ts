import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
  type ParsedNode,
  type YAMLError,
} from 'yaml';
import { messageOf } from '../errors.js';

/** Where in a file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One document of a YAML file; empty ones are left out. */
export interface YamlDocument {
  /** As plain JSON. */
  readonly value: unknown;
  /** The same as it stands in the text, with its places. */
  readonly node: ParsedNode;
  /** Of the member at `path`: of its key, where it has one; of the nearest member above it, where it is missing. */
  positionOf(path: readonly (string | number)[]): Position;
}

export interface YamlFault extends Position {
  readonly message: string;
}

/**
 * YAML 1.2, several documents a file; a key twice, an unknown tag and an alias bomb are faults. Never throws.
 * `merge`: with merge keys (`<<`), which kubectl knows from YAML 1.1; else they are ordinary ones.
 */
export function readYaml(
  text: string,
  { merge = false }: { readonly merge?: boolean } = {},
): {
  readonly documents: readonly YamlDocument[];
  readonly faults: readonly YamlFault[];
} {
  const lines = new LineCounter();
  const documents: YamlDocument[] = [];
  const faults: YamlFault[] = [];
  try {
    for (const document of parseAll(text, lines, merge)) {
      const wrong = [...document.errors, ...document.warnings];
      faults.push(
        ...wrong.map((error) => ({ ...at(lines, error.pos[0]), message: messageFor(error, text) })),
      );
      // A key twice is a fault, but no reason not to tell the others of the document.
      if (wrong.every(({ code }) => code === 'DUPLICATE_KEY'))
        documents.push(...toYamlDocument(document, lines, faults));
    }
  } catch (error) {
    // The parser recurses: a file of ten thousand brackets ends its stack.
    faults.push({ line: 1, column: 1, message: `cannot be read as YAML: ${messageOf(error)}` });
  }
  return { documents, faults };
}

function parseAll(text: string, lineCounter: LineCounter, merge: boolean): readonly Document.Parsed[] {
  const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: true, merge });
  return Array.isArray(parsed) ? parsed : [];
}

function messageFor(
  { code, message, pos }: Pick<YAMLError, 'code' | 'message' | 'pos'>,
  text: string,
): string {
  if (code !== 'DUPLICATE_KEY') return message;
  const [key = ''] = /^[^\s:]*/.exec(text.slice(pos[0], pos[0] + 100)) ?? [];
  return `expected each key once, got ${key} again`;
}

function toYamlDocument(document: Document.Parsed, lines: LineCounter, faults: YamlFault[]): YamlDocument[] {
  const { contents } = document;
  if (contents === null) return [];
  const start = contents.range[0];
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value === null) return [];
    return [{ value, node: contents, positionOf: (path) => at(lines, offsetOf(document, path) ?? start) }];
  } catch (error) {
    faults.push({ ...at(lines, start), message: messageOf(error) });
    return [];
  }
}

function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0];
  for (const key of path) {
    const member = memberOf(isAlias(node) ? node.resolve(document) : node, key);
    if (member === undefined) break;
    node = member.node;
    offset = member.offset ?? offset;
  }
  return offset;
}

function memberOf(
  node: unknown,
  key: string | number,
): { node: unknown; offset?: number | undefined } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(
    (candidate) => isScalar(candidate.key) && String(candidate.key.value) === String(key),
  );
  return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

function at(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}
