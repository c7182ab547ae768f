import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { createAuthority } from '../../src/sim/wire/certificate.js';
import { kubeconfig } from '../../src/sim/wire/kubeconfig.js';

/** A real control plane on loopback ports, with throw-away certificates and folders. */
export interface ControlPlane {
  readonly url: string;
  readonly caBundle: string;
  readonly token: string;
  /** Which of the optional parts run. */
  readonly controllers: boolean;
  readonly scheduler: boolean;
  /** Compacts etcd and restarts kube-apiserver, so that no cache knows what was before. */
  readonly forget: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface ControlPlaneOptions {
  /** Optional parts that are not started, though they are there. */
  readonly without?: readonly ('kube-controller-manager' | 'kube-scheduler')[];
}

/**
 * Starts etcd and kube-apiserver, and kube-controller-manager and kube-scheduler where they are there, from a folder
 * laid out as envtest does. Flags follow controller-runtime's envtest.
 */
export async function startControlPlane(
  assets: string,
  { without = [] }: ControlPlaneOptions = {},
): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-control-plane-'));
  const started: Process[] = [];
  const start = (name: string, flags: readonly string[]): Process => {
    const process_ = new Process(name, join(assets, name), flags);
    started.unshift(process_);
    return process_;
  };
  const stop = async (): Promise<void> => {
    for (const one of started) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const etcdUrl = await startEtcd(folder, start);
    const files = writeFiles(folder);
    const port = await freePort();
    const url = `https://127.0.0.1:${port}`;
    const flags = apiServerFlags(folder, etcdUrl, port);
    let apiServer = start('kube-apiserver', flags);
    await apiServer.ready(() => healthy(`${url}/readyz`, files));
    const optional = (name: (typeof without)[number]): boolean =>
      !without.includes(name) && startOptional(assets, name, folder, url, files, start);
    const controllers = optional('kube-controller-manager');
    const scheduler = optional('kube-scheduler');
    return {
      url,
      caBundle: files.caBundle,
      token: files.token,
      controllers,
      scheduler,
      stop,
      forget: async () => {
        await compact(etcdUrl, url, files);
        await apiServer.stop();
        apiServer = start('kube-apiserver', flags);
        await apiServer.ready(() => healthy(`${url}/readyz`, files));
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Files {
  readonly caBundle: string;
  readonly token: string;
}

async function startEtcd(
  folder: string,
  start: (name: string, flags: readonly string[]) => Process,
): Promise<string> {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const etcd = start('etcd', [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    `--listen-peer-urls=${peer}`,
    '--unsafe-no-fsync',
  ]);
  await etcd.ready(() => healthy(`${url}/health`));
  return url;
}

function writeFiles(folder: string): Files {
  const authority = createAuthority(Date.now());
  const serving = authority.server(['127.0.0.1', 'localhost']);
  const accounts = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const token = randomBytes(24).toString('hex');
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  };
  write('serving.crt', serving.certificate);
  write('serving.key', serving.key);
  write('accounts.key', String(accounts.privateKey.export({ type: 'sec1', format: 'pem' })));
  write('accounts.pub', String(accounts.publicKey.export({ type: 'spki', format: 'pem' })));
  write('tokens.csv', `${token},admin,admin,"system:masters"\n`);
  return { caBundle: authority.certificate, token };
}

const apiServerFlags = (folder: string, etcdUrl: string, port: number): readonly string[] => [
  `--etcd-servers=${etcdUrl}`,
  '--bind-address=127.0.0.1',
  '--advertise-address=127.0.0.1',
  `--secure-port=${port}`,
  `--cert-dir=${folder}`,
  `--tls-cert-file=${join(folder, 'serving.crt')}`,
  `--tls-private-key-file=${join(folder, 'serving.key')}`,
  '--service-account-issuer=https://127.0.0.1/',
  `--service-account-key-file=${join(folder, 'accounts.pub')}`,
  `--service-account-signing-key-file=${join(folder, 'accounts.key')}`,
  `--token-auth-file=${join(folder, 'tokens.csv')}`,
  '--authorization-mode=RBAC',
  '--service-cluster-ip-range=10.0.0.0/24',
  '--allow-privileged',
  // without service accounts in place it would refuse most pods
  '--disable-admission-plugins=ServiceAccount',
];

function startOptional(
  assets: string,
  name: string,
  folder: string,
  url: string,
  files: Files,
  start: (name: string, flags: readonly string[]) => Process,
): boolean {
  if (!existsSync(join(assets, name))) return false;
  const config = join(folder, `${name}.kubeconfig`);
  writeFileSync(config, kubeconfig(url, files.caBundle, { token: files.token }), { mode: 0o600 });
  start(name, [`--kubeconfig=${config}`, '--secure-port=0', '--leader-elect=false']);
  return true;
}

/** Forgets every revision of etcd but the current one. */
async function compact(etcdUrl: string, url: string, files: Files): Promise<void> {
  const list = await get(`${url}/api/v1/namespaces?limit=1`, files);
  const { metadata } = JSON.parse(list.text) as { readonly metadata: { readonly resourceVersion: string } };
  const answer = await request(`${etcdUrl}/v3/kv/compaction`, {
    method: 'POST',
    body: JSON.stringify({ revision: metadata.resourceVersion, physical: true }),
  });
  await answer.body.dump();
}

const healthy = (url: string, files?: Files): Promise<boolean> =>
  get(url, files).then(
    ({ status }) => status === 200,
    () => false,
  );

async function get(url: string, files?: Files): Promise<{ readonly status: number; readonly text: string }> {
  const dispatcher = files === undefined ? new Agent() : new Agent({ connect: { ca: files.caBundle } });
  try {
    const answer = await request(url, {
      dispatcher,
      headers: files === undefined ? {} : { authorization: `Bearer ${files.token}` },
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  } finally {
    await dispatcher.destroy();
  }
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

class Process {
  readonly #name: string;
  readonly #child: ChildProcess;
  /** The last of what it said. */
  #output = '';
  readonly #ended: Promise<void>;
  #running = true;

  constructor(name: string, path: string, flags: readonly string[]) {
    this.#name = name;
    this.#child = spawn(path, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#output = `${this.#output}${chunk.toString()}`.slice(-20_000);
      });
    }
    const kill = () => this.#child.kill('SIGKILL');
    process.once('exit', kill);
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        process.off('exit', kill);
        this.#running = false;
        resolve();
      };
      this.#child.once('exit', end);
      this.#child.once('error', end);
    });
  }

  async ready(check: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 90_000;
    while (!(await check())) {
      if (!this.#running || Date.now() > deadline) {
        throw new Error(
          `${this.#name} ${this.#running ? 'is not ready after 90 s' : 'ended'}:\n${this.#output}`,
        );
      }
      await sleep(200);
    }
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#child.kill('SIGTERM');
    const forced = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.#ended;
    clearTimeout(forced);
  }
}
