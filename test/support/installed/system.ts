import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiOf, type Api } from '../../contract/cluster/behaviour.js';
import { kubeconfig } from '../../../src/sim/wire/kubeconfig.js';
import type { Balancer } from './balancer.js';
import { clusters, type Candidate } from '../cluster.js';
import { runCli } from '../webhook-process.js';
import { install, type InstallOptions, type Installed } from './index.js';

/** A cluster with the chart on it, and an administrator at a terminal. */
export interface System {
  readonly api: Api;
  readonly installed: Installed;
  /** A command with the administrator's kubeconfig, to its end. */
  readonly tidegate: (...args: readonly string[]) => Promise<Ended>;
  /** Creates it, or fails with what the API server says. */
  readonly create: (collection: string, object: unknown) => Promise<void>;
  readonly atEnd: InstallOptions['atEnd'];
  readonly stop: () => Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const portOf = (url: string): number => Number(new URL(url).port);

/** API servers that the chart can be put on: those that can call this machine. */
export const installable = (): readonly Candidate[] =>
  clusters().given.filter(({ name }) => !name.startsWith('the cluster of'));

export const policies = '/apis/tidegate.io/v1alpha1/virtualnodepolicies';

/** `door`: between the pods and the API server. */
export async function startSystem(
  start: Candidate['start'],
  options: Omit<InstallOptions, 'api' | 'atEnd' | 'apiUrl'> & { readonly door?: Balancer } = {},
): Promise<System> {
  const ends: (() => Promise<void> | void)[] = [];
  const atEnd = (action: () => Promise<void> | void) => void ends.push(action);
  const stop = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const cluster = await start();
    atEnd(() => cluster.stop());
    const api = apiOf(cluster);
    atEnd(() => api.close());
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-terminal-'));
    atEnd(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'kubeconfig');
    const { door, ...given } = options;
    if (door) atEnd(() => door.close());
    door?.setPorts([portOf(cluster.url)]);
    const own = door === undefined ? {} : { apiUrl: `https://127.0.0.1:${door.port}` };
    await writeFile(file, kubeconfig(cluster.url, cluster.caBundle, { token: cluster.token }));
    return {
      api,
      installed: await install({ api, atEnd, ...own, ...given }),
      tidegate: async (...args) => {
        const running = runCli([...args, '--kubeconfig', file], [], atEnd);
        const code = await running.exited;
        return { code, stdout: running.stdout(), stderr: running.stderr() };
      },
      create: async (collection, object) => {
        const { status, body } = await api.post(collection, object);
        if (status !== 201) throw new Error(`${collection}: ${status} ${JSON.stringify(body)}`);
      },
      atEnd,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
