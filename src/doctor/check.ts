import type { Reader } from './reader.js';

/**
 * What became of a check, or of a part of it:
 *
 * - `ok` it is as it has to be
 * - `warning` it works, and something will not do what it looks like
 * - `fault` it does not work
 * - `skipped` it could not be looked at; the reason says why
 */
export const statuses = ['ok', 'warning', 'fault', 'skipped'] as const;
export type Status = (typeof statuses)[number];

export interface Finding {
  readonly status: Status;
  /** One sentence, without a full stop. */
  readonly reason: string;
  /** A command, or lines of values.yaml. Always there for a fault. */
  readonly remedy?: string;
  /** What the sentence sums up, a line each. */
  readonly details?: readonly string[];
}

/** One thing that is looked at. Its id is the one of docs/doctor.md. */
export interface Check {
  readonly id: string;
  /** Checks without whose success this one says nothing: it is skipped after a fault of theirs. */
  readonly needs: readonly string[];
  /**
   * At least one finding. May throw a KubeError: one that is `forbidden` skips the check, any other is a fault of it.
   */
  run(examination: Examination): Promise<readonly Finding[]>;
}

/** What a check is given. */
export interface Examination {
  readonly read: Reader;
  readonly names: Names;
  /** Of this build. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Whether writes may be tried that the API server is asked not to carry out. */
  readonly dryRun: boolean;
}

/** What the chart calls its objects. */
export interface Names {
  readonly release: string;
  readonly namespace: string;
  /** Of the MutatingWebhookConfiguration; the others begin with it. */
  readonly fullname: string;
  /** Deployment, Service, ServiceAccount and roles of the webhook. */
  readonly webhook: string;
  /** Deployment, ServiceAccount and roles of the controllers. */
  readonly controllers: string;
  /** Deployment, ServiceAccount and roles of the scheduler, where it is switched on. */
  readonly scheduler: string;
}

export const ok = (reason: string, details?: readonly string[]): Finding => ({
  status: 'ok',
  reason,
  ...(details === undefined ? {} : { details }),
});

export const warning = (reason: string, remedy: string, details?: readonly string[]): Finding => ({
  status: 'warning',
  reason,
  remedy,
  ...(details === undefined ? {} : { details }),
});

export const fault = (reason: string, remedy: string): Finding => ({ status: 'fault', reason, remedy });

export const skipped = (reason: string, remedy?: string): Finding => ({
  status: 'skipped',
  reason,
  ...(remedy === undefined ? {} : { remedy }),
});

/** What was found wrong, or where nothing was, that all is well. */
export const orOk = (findings: readonly Finding[], reason: string): readonly Finding[] =>
  findings.length > 0 ? findings : [ok(reason)];
