import { AppError } from '../errors.js';
import { deepEqual, type Json } from '../objects/json.js';
import { readYaml, type YamlDocument } from '../sources/yaml-documents.js';
import { edit } from './edit.js';
import { renderBlock, renderJson } from './render.js';
import type { Edit } from './replace.js';
import { styleOf } from './style.js';

/** What one document of a text is to become. */
export interface Change {
  readonly document: YamlDocument;
  readonly after: Json;
}

export interface Rewritten {
  readonly text: string;
  /** Documents that could only be written anew, so that their comments and layout are gone. */
  readonly rewritten: readonly YamlDocument[];
}

/**
 * `text` with some of its documents changed: what nobody changed stays byte by byte, comments and order too. What came
 * out is read again and compared: a document that comes out otherwise than wanted is written anew as a whole.
 *
 * @throws {AppError} manifest-invalid, where not even that can be read again.
 */
export function rewrite(
  text: string,
  documents: readonly YamlDocument[],
  changes: readonly Change[],
): Rewritten {
  const edited = applyEdits(
    text,
    changes.flatMap((change) => editsOf(text, change)),
  );
  if (holds(edited, documents, changes)) return { text: edited, rewritten: [] };

  const anew = changes.filter(
    (change) => !holds(applyEdits(text, editsOf(text, change)), documents, [change]),
  );
  const mixed = applyEdits(
    text,
    changes.flatMap((change) => (anew.includes(change) ? [writeAnew(text, change)] : editsOf(text, change))),
  );
  if (!holds(mixed, documents, changes)) {
    throw new AppError('manifest-invalid', 'the changed text does not read as what it was to become');
  }
  return { text: mixed, rewritten: anew.map(({ document }) => document) };
}

/** Whether `edited` reads as `documents` with `changes` made. */
function holds(edited: string, documents: readonly YamlDocument[], changes: readonly Change[]): boolean {
  const wanted = new Map<YamlDocument, unknown>(changes.map(({ document, after }) => [document, after]));
  const { documents: found, faults } = readYaml(edited, { merge: true });
  return (
    faults.length === 0 &&
    found.length === documents.length &&
    documents.every((document, i) =>
      deepEqual(found[i]?.value, wanted.has(document) ? wanted.get(document) : document.value),
    )
  );
}

function editsOf(text: string, { document: { node, value }, after }: Change): Edit[] {
  const editing = { text, style: styleOf(text, node), edits: [] };
  edit(node, value as Json, after, editing);
  return editing.edits;
}

function writeAnew(text: string, { document: { node }, after }: Change): Edit {
  const [from, to] = node.range;
  const style = styleOf(text, node);
  const lines = style.json !== undefined ? renderJson(after, style.step) : renderBlock(after, style);
  const end = text[to - 1] === '\n' ? style.newline : '';
  return { from, to, text: lines.join(style.newline) + end };
}

/** Edits at the same place stay in their order. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const { from, to, text: piece } of edits.toSorted((a, b) => a.from - b.from)) {
    parts.push(text.slice(done, Math.max(done, from)), piece);
    done = Math.max(done, to);
  }
  return parts.join('') + text.slice(done);
}
