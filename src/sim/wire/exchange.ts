import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse, stringify } from 'yaml';
import type { Json } from '../../objects/json.js';
import { StatusError } from '../api/status.js';
import type { Status } from '../api/status.js';
import type { Wanted } from './negotiate.js';
import { warningHeaders } from './warnings.js';

/** kube-apiserver's limit of a request's body. */
const maxBodyBytes = 3 * 1024 * 1024;

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Bytes of the body after which the connection is cut; a fault's doing. */
  #cutAfter: number | undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? '/', 'https://box');
    this.request = request;
    this.response = response;
    this.path = url.pathname;
    this.query = url.searchParams;
  }

  cutAfter(bytes: number): void {
    this.#cutAfter = bytes;
  }

  /** The body as text. @throws StatusError 413 */
  async text(): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.request.iterator({ destroyOnReturn: false })) {
      const buffer = chunk as Buffer;
      bytes += buffer.length;
      if (bytes > maxBodyBytes) {
        this.response.setHeader('Connection', 'close');
        throw new StatusError(
          413,
          'RequestEntityTooLarge',
          `Request entity too large: limit is ${maxBodyBytes}`,
        );
      }
      chunks.push(buffer);
    }
    return Buffer.concat(chunks).toString();
  }

  /** Media type of the body, without parameters; '' where none is given. */
  get contentType(): string {
    return (this.request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  }

  send(code: number, value: Json, wanted: Wanted, warnings: readonly string[] = []): void {
    const body = wanted.format === 'yaml' ? stringify(value) : JSON.stringify(value);
    this.head(code, wanted.contentType, warnings, Buffer.byteLength(body));
    this.write(body);
    if (!this.response.destroyed) this.response.end();
  }

  sendStatus(status: Status, warnings: readonly string[] = []): void {
    const retry = status.details?.retryAfterSeconds;
    if (retry !== undefined) this.response.setHeader('Retry-After', String(retry));
    this.send(
      status.code,
      status,
      { format: 'json', as: 'object', contentType: 'application/json' },
      warnings,
    );
  }

  sendText(code: number, text: string): void {
    this.head(code, 'text/plain; charset=utf-8', [], Buffer.byteLength(text));
    this.write(text);
    this.response.end();
  }

  head(code: number, contentType: string, warnings: readonly string[], length?: number): void {
    const headers = warningHeaders(warnings);
    if (headers.length > 0) this.response.setHeader('Warning', headers);
    this.response.writeHead(code, {
      'Content-Type': contentType,
      'Cache-Control': 'no-cache, private',
      ...(length === undefined ? {} : { 'Content-Length': length }),
    });
  }

  /** @returns whether the connection still stands and takes more at once */
  write(text: string): boolean {
    if (this.#cutAfter === undefined) return this.response.write(text);
    const bytes = Buffer.from(text);
    const left = this.#cutAfter;
    this.#cutAfter -= bytes.length;
    if (bytes.length < left) return this.response.write(bytes);
    this.response.write(bytes.subarray(0, left), () => {
      this.response.destroy();
    });
    return false;
  }
}

/** Reads JSON, or YAML where it is declared or the JSON cannot be read. @throws StatusError 400, 415 */
export function parseBody(text: string, contentType: string, kind: string): Json {
  if (!['', 'application/json', 'application/yaml'].includes(contentType)) {
    throw new StatusError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    );
  }
  try {
    return (contentType === 'application/yaml' ? parse(text) : JSON.parse(text)) as Json;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StatusError(
      400,
      'BadRequest',
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why}`,
    );
  }
}

/** An apply patch is YAML, of which JSON is a part. @throws StatusError 400 */
export function parseYaml(text: string): Json {
  try {
    return (text.startsWith('{') ? JSON.parse(text) : parse(text)) as Json;
  } catch (error) {
    throw new StatusError(
      400,
      'BadRequest',
      `error decoding YAML: ${error instanceof Error ? error.message : ''}`,
    );
  }
}

/** @throws StatusError 400 */
export function parsePatch(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new StatusError(
      400,
      'BadRequest',
      `error decoding patch: ${error instanceof Error ? error.message : ''}`,
    );
  }
}
