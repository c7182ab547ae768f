import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as KubeconfigModule from '../../../src/sim/wire/kubeconfig.ts';
import { built } from '../built.ts';
import { startRemote, type Remote } from '../remote.ts';
import { httpOf, type Access, type Http } from './api.ts';
import type { BoxCommands } from './box.ts';
import type { CreatorCommands } from './creator.ts';
import { job, namespace, nodeNames, nodeOf, nodeSpec, nodeStatus } from './objects.ts';
import type { ObserverCommands } from './observer.ts';

const { kubeconfig } = await built<typeof KubeconfigModule>('sim/wire/kubeconfig.js');

/** An API server with virtual nodes, and those that make pods there and watch them. */
export interface Plane {
  readonly name: string;
  /** Where kube-scheduler is, if it is to be measured here. */
  readonly kubeScheduler: string | undefined;
  readonly access: Access;
  readonly http: Http;
  readonly creator: Remote<CreatorCommands>;
  readonly observer: Remote<ObserverCommands>;
  readonly jobUid: string;
  /** Of files: logs, the kubeconfig, `access.json`. */
  readonly folder: string;
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

type Started = Pick<Plane, 'name' | 'kubeScheduler' | 'access' | 'stop'>;

/** The box; and a real control plane where `KUBEBUILDER_ASSETS` names the folder of its programs. */
export function planeStarters(): readonly (() => Promise<Started>)[] {
  const assets = process.env['KUBEBUILDER_ASSETS'] ?? '';
  return assets === '' ? [startBox] : [startBox, () => startReal(assets)];
}

async function startBox(): Promise<Started> {
  const remote = await startRemote<BoxCommands>(new URL('box.ts', import.meta.url));
  const access = await remote.tell('open', undefined);
  const stop = (): Promise<void> => {
    remote.stop();
    return Promise.resolve();
  };
  return { name: 'the box', kubeScheduler: undefined, access, stop };
}

async function startReal(assets: string): Promise<Started> {
  await import('../sources.ts');
  const { startControlPlane } = await import('../../support/control-plane.ts');
  const { url, token, caBundle, stop } = await startControlPlane(assets, {
    without: ['kube-controller-manager', 'kube-scheduler'],
  });
  const access = { url, token, caBundle };
  const { gitVersion } = JSON.parse(await httpOf(access, 1).send('GET', '/version')) as {
    readonly gitVersion: string;
  };
  const path = join(assets, 'kube-scheduler');
  return {
    ...{ name: `kube-apiserver ${gitVersion}`, access, stop },
    kubeScheduler: existsSync(path) ? path : undefined,
  };
}

export async function openPlane(start: () => Promise<Started>, folder: string): Promise<Plane> {
  const started = await start();
  const { access } = started;
  const http = httpOf(access, 4);
  const creator = await startRemote<CreatorCommands>(new URL('creator.ts', import.meta.url));
  const observer = await startRemote<ObserverCommands>(new URL('observer.ts', import.meta.url));
  const stop = async (): Promise<void> => {
    creator.stop();
    observer.stop();
    await started.stop();
  };
  try {
    const jobUid = await furnish(http);
    await creator.tell('open', access);
    await observer.tell('open', access);
    const file = join(folder, 'kubeconfig');
    writeFileSync(file, kubeconfig(access.url, access.caBundle, { token: access.token }));
    writeFileSync(join(folder, 'access.json'), JSON.stringify(access));
    return { ...started, http, creator, observer, jobUid, folder, kubeconfig: file, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns the uid of the Job that owns all pods. */
async function furnish({ send }: Http): Promise<string> {
  const metadata = { name: namespace, labels: { 'tidegate.io/virtual-nodes': 'enabled' } };
  await send('POST', '/api/v1/namespaces', JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata }));
  for (const [i, name] of nodeNames.entries()) {
    const path = `/api/v1/nodes/${name}`;
    await send('POST', '/api/v1/nodes', JSON.stringify(nodeOf(name, i)));
    await send('PATCH', path, JSON.stringify(nodeSpec));
    await send('PATCH', `${path}/status`, JSON.stringify(nodeStatus));
  }
  const made = await send('POST', `/apis/batch/v1/namespaces/${namespace}/jobs`, JSON.stringify(job));
  return (JSON.parse(made) as { readonly metadata: { readonly uid: string } }).metadata.uid;
}
