import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ClientDeps } from '../kube/client.js';
import { connect, type Connected } from './connect.js';
import { isInCluster } from './in-cluster.js';

/**
 * The cluster of a person at a terminal, found as kubectl finds it: `--kubeconfig`, else `KUBECONFIG`, else the
 * cluster that the process runs in, else `~/.kube/config`.
 *
 * @throws {AppError} usage, where there is none; kubeconfig-invalid or file-unreadable.
 */
export function connectAsUser(
  kubeconfig: string | undefined,
  limits?: ClientDeps['limits'],
): Promise<Connected> {
  const { KUBECONFIG: fromEnvironment } = process.env;
  const named = kubeconfig ?? (fromEnvironment === '' ? undefined : fromEnvironment);
  if (named !== undefined || isInCluster()) return connect(named, limits);
  const own = join(homedir(), '.kube', 'config');
  return connect(existsSync(own) ? own : undefined, limits);
}
