import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '../errors.js';
import type { Clock } from '../telemetry/clock.js';
import type { Access, Connection } from './connection.js';

export interface InClusterOptions {
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, which the kubelet sets in every pod. */
  readonly host: string;
  readonly port: string;
  readonly clock: Clock;
  /** Where the kubelet mounts the service account. Default `/var/run/secrets/kubernetes.io/serviceaccount`. */
  readonly dir?: string;
  /**
   * Milliseconds that what was read is trusted. Default 10 s: the kubelet writes a new token long before the old
   * one ends (after 80 % of its life), and two small files cost nothing to read.
   */
  readonly freshMs?: number;
  /** Told when the files cannot be read any more; what was read last stays in use. */
  readonly onError?: (error: AppError) => void;
}

/**
 * The service account of the pod that we run in. Token and CA are read again as they change: a projected token
 * ends after an hour, and a CA may be replaced.
 *
 * @throws AppError `file-unreadable` when the files cannot be read at the start.
 */
export async function inCluster(options: InClusterOptions): Promise<Connection> {
  const { clock, freshMs = 10_000, onError } = options;
  const dir = options.dir ?? '/var/run/secrets/kubernetes.io/serviceaccount';
  let access = await readAccess(dir);
  let readAt = clock.monotonic();
  let reading: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    try {
      access = await readAccess(dir);
    } catch (error) {
      if (error instanceof AppError) onError?.(error);
    } finally {
      readAt = clock.monotonic();
      reading = undefined;
    }
  }

  return {
    server: `https://${options.host.includes(':') ? `[${options.host}]` : options.host}:${options.port}`,
    namespace: await readNamespace(dir),
    async access() {
      if (clock.monotonic() - readAt >= freshMs) await (reading ??= refresh());
      return access;
    },
    renew() {
      readAt = -Infinity;
    },
  };
}

async function readAccess(dir: string): Promise<Access> {
  const [token, ca] = await Promise.all([readText(join(dir, 'token')), readText(join(dir, 'ca.crt'))]);
  return { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } };
}

async function readNamespace(dir: string): Promise<string> {
  return (await readText(join(dir, 'namespace'))).trim();
}

async function readText(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('file-unreadable', `${path}: ${messageOf(error)}`, { cause: error });
  }
  if (text.trim() === '') throw new AppError('file-unreadable', `${path}: expected text, came an empty file`);
  return text;
}
