import { AppError } from '../errors.js';
import type { Denied } from './denied.js';

/**
 * What went wrong, as far as a caller can act on it. Callers switch on the kind, never on a number or a text.
 *
 * - `not-found` 404
 * - `conflict` 409: another writer was faster, a precondition did not hold, or it exists already (see `reason`)
 * - `throttled` 429: later, perhaps after `retryAfterMs`; an eviction that a disruption budget forbids says so too
 * - `forbidden` 403: a role is missing; asking again does not help
 * - `unauthorized` 401: the credential is not accepted; unlike 403 a fresh one may be
 * - `invalid` any other 4xx: the request will never be accepted as it is
 * - `gone` 410: the resourceVersion or continue token is too old; list again
 * - `server` 5xx but 502 and 503, or an answer that is not the API's: it was reached and failed
 * - `unreachable` no connection, a broken one, 502 or 503
 * - `timeout` no answer within our own deadline, or 504
 * - `aborted` the caller's own signal ended it: not a fault
 */
export const kubeErrorKinds = [
  'not-found',
  'conflict',
  'throttled',
  'forbidden',
  'unauthorized',
  'invalid',
  'gone',
  'server',
  'unreachable',
  'timeout',
  'aborted',
] as const;
export type KubeErrorKind = (typeof kubeErrorKinds)[number];

export interface KubeErrorFacts {
  readonly kind: KubeErrorKind;
  /** HTTP status, or the code of a Status in a watch. Absent where no answer came. */
  readonly status?: number;
  /** `reason` of the API server's Status: `AlreadyExists`, `Expired` … */
  readonly reason?: string;
  /** `details.causes[].reason` of the Status: `DisruptionBudget`, `ResourceVersionTooLarge` … */
  readonly causes?: readonly string[];
  /** Of `forbidden`: what no role allows. */
  readonly denied?: Denied;
  /** What Retry-After asked for. */
  readonly retryAfterMs?: number;
  /** Default `nothing`. */
  readonly effect?: 'nothing' | 'unknown';
}

/**
 * A request to the API server that did not succeed. The message holds verb, path without query, and what came;
 * never a body or a header.
 */
export class KubeError extends AppError {
  override readonly name = 'KubeError';
  readonly kind: KubeErrorKind;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly causes: readonly string[];
  readonly denied: Denied | undefined;
  readonly retryAfterMs: number | undefined;
  /**
   * What a write may have done. `nothing`: it was refused, or never left. `unknown`: the connection broke or the
   * time was up after it was sent, so it may have been carried out; read before writing again.
   */
  readonly effect: 'nothing' | 'unknown';

  constructor(message: string, facts: KubeErrorFacts, options?: ErrorOptions) {
    super('kube-request', message, options);
    this.kind = facts.kind;
    this.status = facts.status;
    this.reason = facts.reason;
    this.causes = facts.causes ?? [];
    this.denied = facts.denied;
    this.retryAfterMs = facts.retryAfterMs;
    this.effect = facts.effect ?? 'nothing';
  }
}

/** The kind of anything that was thrown; undefined where it is none of ours. */
export function kindOf(error: unknown): KubeErrorKind | undefined {
  return error instanceof KubeError ? error.kind : undefined;
}

export function kindOfStatus(status: number): KubeErrorKind {
  const kind = kindByStatus[status];
  if (kind !== undefined) return kind;
  return status >= 400 && status < 500 ? 'invalid' : 'server';
}

const kindByStatus: Readonly<Record<number, KubeErrorKind>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  429: 'throttled',
  502: 'unreachable',
  503: 'unreachable',
  504: 'timeout',
};
