import { isObject } from '../objects/json.js';
import { deniedIn } from './denied.js';
import { KubeError, kindOfStatus } from './errors.js';

/** What an answer was to: the verb and the path without its query, which may hold a long token. */
export interface Asked {
  readonly method: string;
  readonly path: string;
}

export interface Answer {
  readonly status: number;
  /** The raw Retry-After header. */
  readonly retryAfter?: string | undefined;
  /** The raw body: a `Status` in JSON if the API server itself wrote it. */
  readonly body: string;
}

/** An answer other than 2xx as an error. `now`: the wall clock, for a Retry-After that is a date. */
export function errorOfAnswer(asked: Asked, answer: Answer, now: number): KubeError {
  return errorOfStatus(asked, parse(answer.body), answer.status, retryAfterMs(answer.retryAfter, now));
}

/** A `Status` object, from an answer or from an ERROR event of a watch, as an error. */
export function errorOfStatus(asked: Asked, body: unknown, code?: number, retryAfter?: number): KubeError {
  const said = read(body);
  const status = code ?? said.code ?? 500;
  const wait = retryAfter ?? said.retryAfterMs;
  const parts = [said.reason === undefined ? status : `${status} ${said.reason}`, said.message];
  const came = parts.filter((part) => part !== undefined).join(': ');
  return new KubeError(`${asked.method} ${asked.path}: expected success, came ${came}`, {
    kind: kindOfStatus(status),
    status,
    causes: said.causes,
    // A server that failed half-way may have written; a refusal has not.
    effect: status >= 500 ? 'unknown' : 'nothing',
    ...(said.reason === undefined ? {} : { reason: said.reason }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(status === 403 && said.denied !== undefined ? { denied: said.denied } : {}),
  });
}

function read(body: unknown) {
  const status = isObject(body) && body['kind'] === 'Status' ? body : {};
  const details = isObject(status['details']) ? status['details'] : {};
  const message = textOf(status['message']);
  return {
    code: numberOf(status['code']),
    reason: textOf(status['reason']),
    message: shorten(message),
    denied: message === undefined ? undefined : deniedIn(message),
    causes: causesOf(details['causes']),
    retryAfterMs: secondsToMs(numberOf(details['retryAfterSeconds'])),
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Seconds or an HTTP date, as milliseconds from `now`. The API server sends seconds; a proxy may send a date. */
function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d+$/.test(text)) return secondsToMs(Number(text));
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function causesOf(causes: unknown): readonly string[] {
  if (!Array.isArray(causes)) return [];
  return causes
    .map((cause: unknown) => (isObject(cause) ? textOf(cause['reason']) : undefined))
    .filter(isText);
}

/** A refusal of an object quotes its fields: the start says which, the rest could fill a log. */
const longestMessage = 400;
const shorten = (text: string | undefined): string | undefined =>
  text !== undefined && text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;

const isText = (value: string | undefined): value is string => value !== undefined;
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const secondsToMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;
