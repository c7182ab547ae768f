import { isObject } from '../objects/json.js';
import { KubeError } from './errors.js';
import { isKubeObject, type KubeObject } from './object.js';
import { errorOfStatus, type Asked } from './status.js';

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** Of a BOOKMARK only `metadata.resourceVersion` means something. */
  readonly object: KubeObject;
}

/**
 * The events of a watch's body: one JSON text a line. What comes after the last newline is dropped, even where
 * it would parse: the next watch, from the last resourceVersion, brings it again.
 *
 * @throws KubeError for an ERROR event, of the kind of its Status; `server` for a line that is no event.
 */
export async function* watchEvents(
  chunks: AsyncIterable<Uint8Array>,
  asked: Asked,
): AsyncGenerator<WatchEvent, void, undefined> {
  for await (const lines of lineBatches(chunks)) {
    for (const line of lines) yield parseEvent(line, asked);
  }
}

const newline = 0x0a;

/** The complete lines that each chunk ends. Every byte is copied once, however many chunks a line takes. */
export async function* lineBatches(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly string[], void, undefined> {
  let begun: Buffer[] = [];
  for await (const bytes of chunks) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      const last = chunk.subarray(start, end);
      // Decoded as a whole: a character may lie across two chunks.
      lines.push((begun.length === 0 ? last : Buffer.concat([...begun, last])).toString('utf8'));
      begun = [];
      start = end + 1;
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
    if (lines.length > 0) yield lines;
  }
}

function parseEvent(line: string, asked: Asked): WatchEvent {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch (error) {
    throw noEvent(asked, `${line.length} characters that are no JSON`, error);
  }
  if (!isObject(event)) throw noEvent(asked, 'another JSON value');
  const { type, object } = event;
  if (type === 'ERROR') throw errorOfStatus(asked, object);
  if (!isType(type)) throw noEvent(asked, 'an event of another type');
  if (!isKubeObject(object)) throw noEvent(asked, `${type} without an object`);
  return { type, object };
}

function isType(type: unknown): type is WatchEvent['type'] {
  return type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED' || type === 'BOOKMARK';
}

function noEvent(asked: Asked, came: string, cause?: unknown): KubeError {
  const message = `${asked.method} ${asked.path}: expected a watch event, came ${came}`;
  return new KubeError(message, { kind: 'server' }, { cause });
}
