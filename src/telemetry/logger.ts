import {
  destination as fileDescriptor,
  pino,
  stdTimeFunctions,
  type DestinationStream,
  type Logger,
} from 'pino';

export type { Logger };

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** Which process this is: a field of every line. */
  readonly component: string;
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Where lines go: standard output (1), standard error (2), or a stream of the caller. Default 1. */
  readonly to?: 1 | 2 | DestinationStream;
}

/**
 * One JSON object a line: constant message, facts as fields, never a whole Kubernetes object (pods carry secrets in
 * `env`). The redaction list is the second lock, not the first.
 *
 * A file descriptor is written in the background, so that a slow reader of the log cannot hold an answer, and in
 * pieces: waking the writing thread for each line costs more than the line. What is still in memory is written when
 * the process ends.
 */
export function createLogger({ component, level = 'info', to = 1 }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { component },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: [...redactedPaths], censor: '[redacted]' },
    },
    typeof to === 'number'
      ? fileDescriptor({ fd: to, sync: false, minLength: 12_288, periodicFlush: 200 })
      : to,
  );
}

/** Fields that never reach the log, should a line ever hold them: what a Kubernetes object or a key pair carries. */
export const redactedPaths = [
  'body',
  'env',
  'object',
  'oldObject',
  'patch',
  'privateKey',
  'token',
  'headers.authorization',
] as const;
