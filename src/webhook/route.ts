import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../errors.js';
import { readBody } from './body.js';

/** What a handler made of one body. */
export interface Answer {
  /** JSON, sent with status 200. */
  readonly body: string;
  /** Called once the answer is on its way: for what can wait, such as the log line and the counters. */
  readonly sent?: () => void;
}

/**
 * One body in, one answer out; synchronous, so that nothing comes between reading and answering.
 * @throws AppError `review-invalid`: the request gets a 400 with the message. Anything else gets a 500, which an API
 * server counts as a webhook that failed.
 */
export type Handler = (body: Buffer) => Answer;

/** Why a request was no review to answer: the label of `tidegate_http_refusals_total` and the first word sent. */
export const refusals = {
  'not-a-review': 400,
  'client-subject': 403,
  'unknown-path': 404,
  method: 405,
  'too-large': 413,
  'content-type': 415,
  unexpected: 500,
} as const;
export type RefusalReason = keyof typeof refusals;

export interface RouterDeps {
  /** By path. */
  readonly routes: Readonly<Record<string, Handler>>;
  /** Largest body, in bytes. */
  readonly maxBytes: number;
  /** May this connection send reviews? */
  readonly isWelcome: (request: IncomingMessage) => boolean;
  /** Is every answer to end its connection? */
  readonly isClosing: () => boolean;
  readonly onRefused: (reason: RefusalReason) => void;
  /** An error that nothing expected, in a handler or in what it does after the answer. */
  readonly onFault: (error: unknown) => void;
}

/** One request: route, limits, refusals. What a review means is its handler's. */
export function createRouter(deps: RouterDeps): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = new Map(Object.entries(deps.routes));
  return (request, response) => {
    const handler = routes.get(pathOf(request.url ?? ''));
    const checked = check(deps, request, handler);
    if (typeof checked === 'string') {
      request.resume();
      refuse(deps, response, checked);
      return;
    }
    readBody(request, deps.maxBytes, (body) => {
      if (body === undefined) refuseLarge(deps, request, response);
      else answer(deps, response, checked, body);
    });
  };
}

/** The API server adds `?timeout=10s`, what is left of its patience. Not read: an answer holds nothing to cut short. */
function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function check(
  { isWelcome }: RouterDeps,
  request: IncomingMessage,
  handler: Handler | undefined,
): Handler | RefusalReason {
  if (!isWelcome(request)) return 'client-subject';
  if (handler === undefined) return 'unknown-path';
  if (request.method !== 'POST') return 'method';
  if (!jsonType.test(request.headers['content-type'] ?? '')) return 'content-type';
  return handler;
}

const jsonType = /^application\/json\s*(?:;|$)/i;

function answer(deps: RouterDeps, response: ServerResponse, handler: Handler, body: Buffer): void {
  try {
    const { body: text, sent } = handler(body);
    send(deps, response, 200, 'application/json', text);
    sent?.();
  } catch (error) {
    if (error instanceof AppError && error.code === 'review-invalid') {
      refuse(deps, response, 'not-a-review', error.message);
      return;
    }
    deps.onFault(error);
    if (!response.headersSent) refuse(deps, response, 'unexpected');
  }
}

function send(deps: RouterDeps, response: ServerResponse, status: number, type: string, text: string): void {
  const headers = ['content-type', type, 'content-length', String(Buffer.byteLength(text))];
  if (deps.isClosing()) headers.push('connection', 'close');
  response.writeHead(status, headers);
  response.end(text);
}

const sentences: Readonly<Record<RefusalReason, string>> = {
  'not-a-review': 'expected an admission.k8s.io/v1 AdmissionReview',
  'client-subject': 'the client certificate carries another subject',
  'unknown-path': 'nothing is served here',
  method: 'only POST is served here',
  'too-large': 'the body passes the limit',
  'content-type': 'expected application/json',
  unexpected: 'an error that nothing expected; the log has it',
};

function refuse(
  deps: RouterDeps,
  response: ServerResponse,
  reason: RefusalReason,
  text = sentences[reason],
): void {
  deps.onRefused(reason);
  send(deps, response, refusals[reason], 'text/plain; charset=utf-8', `${reason}: ${text}\n`);
}

/** How much more of a body over the limit is read and dropped, so that its sender gets to read the answer: 16 MiB. */
const lingerBytes = 16 * 1024 * 1024;

/**
 * Answers at once, ends the connection when the sender is done. To close while it still writes would reset the
 * connection, and the reset can overtake the answer.
 */
function refuseLarge(deps: RouterDeps, request: IncomingMessage, response: ServerResponse): void {
  deps.onRefused('too-large');
  const text = `too-large: ${sentences['too-large']} of ${deps.maxBytes} bytes\n`;
  response.writeHead(refusals['too-large'], {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  });
  response.write(text);
  let left = lingerBytes;
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.on('end', () => response.end());
}
