import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { request } from 'undici';
import type * as ConfigurationModule from '../../../src/webhook/configuration.ts';
import { built, cli } from '../built.ts';
import { startChild, type Child } from '../children.ts';
import type { Api, Commands } from './cluster.ts';

const { webhookConfiguration } = await built<typeof ConfigurationModule>('webhook/configuration.js');
const here = (path: string): string => new URL(path, import.meta.url).pathname;
const policies = ['--policies', here('policies')];

/** An API server, and how to reach it. */
export interface Cluster {
  readonly api: Api;
  readonly access: Commands['open']['answer'];
  /** Of files: certificates, logs, the kubeconfig. */
  readonly folder: string;
  readonly kubeconfig: string;
}

export async function openCluster(api: Api, folder: string): Promise<Cluster> {
  const access = await api.tell('open', undefined);
  const kubeconfig = `${folder}/kubeconfig`;
  writeFileSync(kubeconfig, access.kubeconfig);
  return { api, access, folder, kubeconfig };
}

export interface Webhook {
  readonly child: Child;
  /** Has the API server call it, or call it no more. */
  call(isOn: boolean): Promise<void>;
}

export async function startWebhook({ api, folder, kubeconfig }: Cluster): Promise<Webhook> {
  await promisify(execFile)(process.execPath, [cli, 'certs', '--out', folder]);
  const flags = [
    '--tls-cert',
    `${folder}/tls.crt`,
    '--tls-key',
    `${folder}/tls.key`,
    '--kubeconfig',
    kubeconfig,
  ];
  const ports = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0'];
  const child = startChild({
    name: 'the webhook',
    args: [cli, 'webhook', ...policies, ...flags, ...ports],
    log: `${folder}/webhook.log`,
  });
  const [, port, ops] = await child.logged(/"port":(\d+),"opsPort":(\d+).*webhook serves/);
  await ready(ops);
  const caBundle = readFileSync(`${folder}/ca.crt`, 'utf8');
  const configuration = webhookConfiguration({
    name: 'tidegate',
    url: `https://127.0.0.1:${port ?? ''}`,
    caBundle,
  });
  return {
    child,
    call: (isOn) => (isOn ? api.tell('register', configuration) : api.tell('unregister', 'tidegate')),
  };
}

/** `tidegate controllers`, leading and with everything listed. */
export async function startControllers({ folder, kubeconfig }: Cluster, log: string): Promise<Child> {
  const child = startChild({
    name: 'the controllers',
    args: [
      cli,
      'controllers',
      ...policies,
      '--kubeconfig',
      kubeconfig,
      '--host',
      '127.0.0.1',
      '--ops-port',
      '0',
    ],
    log: `${folder}/${log}`,
  });
  const [, ops] = await child.logged(/"opsPort":(\d+).*controllers started/);
  await ready(ops, (text) => text.includes('"role":"leader"'));
  return child;
}

export async function startAnnotator({ folder, kubeconfig }: Cluster, log: string): Promise<Child> {
  const child = startChild({
    name: 'the annotator',
    args: ['--max-old-space-size=8000', here('annotator.ts'), kubeconfig],
    log: `${folder}/${log}`,
  });
  await child.logged(/annotator runs/);
  return child;
}

async function ready(port: string | undefined, says: (text: string) => boolean = () => true): Promise<void> {
  for (let tries = 0; tries < 6000; tries += 1) {
    const { statusCode, body } = await request(`http://127.0.0.1:${port ?? ''}/readyz`);
    const text = await body.text();
    if (statusCode === 200 && says(text)) return;
    await sleep(20);
  }
  throw new Error('not ready after two minutes');
}
