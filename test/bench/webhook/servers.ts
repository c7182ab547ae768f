import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cli } from '../built.ts';
import { startChild, type Child } from '../children.ts';
import { reviews, sizes } from '../fixtures/reviews.ts';
import { Connection, toRequest, type Target } from './connection.ts';
import { startKubeStub } from './kube-stub.ts';

export interface Server {
  readonly child: Child;
  readonly target: Target;
}

export interface Servers {
  readonly tidegate: Server;
  readonly pepr: Server;
  /** Made last: it answers what tidegate answered, by path. */
  readonly bare: Server;
  stop(): Promise<void>;
}

const here = (path: string): string => new URL(path, import.meta.url).pathname;
const run = promisify(execFile);

/** All three, each ready to answer. `folder` takes certificates and logs. */
export async function startServers(folder: string): Promise<Servers> {
  await run(process.execPath, [cli, 'certs', '--out', folder]);
  const files = { cert: `${folder}/tls.crt`, key: `${folder}/tls.key`, ca: `${folder}/ca.crt` };
  const started: { stop(): unknown }[] = [];
  const stop = async () => {
    for (const one of started.toReversed()) await one.stop();
  };
  try {
    const start = (server: Server): Server => {
      started.push(server.child);
      return server;
    };
    const tidegate = start(await startTidegate(folder, files));
    const stub = await startKubeStub(`${folder}/kubeconfig`);
    started.push({
      stop: () => {
        stub.close();
      },
    });
    const pepr = start(await startPepr(folder, files));
    const bare = start(await startBare(folder, files, tidegate.target));
    return { tidegate, pepr, bare, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Files {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

async function startTidegate(folder: string, files: Files): Promise<Server> {
  const policies = here('../fixtures/policies');
  const flags = ['--policies', policies, '--tls-cert', files.cert, '--tls-key', files.key];
  const child = startChild({
    name: 'tidegate',
    args: [cli, 'webhook', ...flags, '--host', '127.0.0.1', '--port', '0', '--ops-port', '0'],
    log: `${folder}/tidegate.log`,
  });
  const [, port] = await child.logged(/"port":(\d+),.*webhook serves/);
  return { child, target: { port: Number(port), path: '/mutate', ca: readFileSync(files.ca, 'utf8') } };
}

/** It takes a port and does not say when it is ready: asked until it answers. */
async function startPepr(folder: string, files: Files): Promise<Server> {
  const port = await freePort();
  const child = startChild({
    name: 'Pepr',
    args: ['module.cjs', String(port)],
    cwd: here('../pepr'),
    log: `${folder}/pepr.log`,
    // As Pepr's own chart sets them for the admission controller.
    env: {
      PEPR_WATCH_MODE: 'false',
      PEPR_PRETTY_LOG: 'false',
      LOG_LEVEL: 'info',
      PEPR_API_PATH: 'bench',
      SSL_CERT_PATH: files.cert,
      SSL_KEY_PATH: files.key,
      KUBECONFIG: `${folder}/kubeconfig`,
    },
  });
  const target = { port, path: '/mutate/bench', ca: readFileSync(files.ca, 'utf8') };
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (await answers(target)) return { child, target };
    await sleep(100);
  }
  await child.stop();
  throw new Error(`Pepr did not come up:\n${readFileSync(`${folder}/pepr.log`, 'utf8').slice(-2000)}`);
}

async function startBare(folder: string, files: Files, tidegate: Target): Promise<Server> {
  const answersOf = `${folder}/answers`;
  mkdirSync(answersOf);
  for (const size of sizes) {
    writeFileSync(`${answersOf}/${pathOf(size)}`, await ask(tidegate, reviews(size, 1)[0] ?? ''));
  }
  writeFileSync(`${answersOf}/short`, shortAnswer);
  const child = startChild({
    name: 'the bare server',
    args: [here('bare.ts'), files.cert, files.key, answersOf],
    log: `${folder}/bare.log`,
  });
  const [, port] = await child.logged(/"port":(\d+)/);
  return { child, target: { ...tidegate, port: Number(port), path: '' } };
}

/** Where the bare server has the answer to reviews of this size. */
export const pathOf = (size: string): string => size.replace(' ', '');

const shortAnswer = JSON.stringify({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  response: {
    uid: '705ab4f5-6393-11e8-b7cc-000000000000',
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from('[{"op":"add","path":"/metadata/labels/a","value":"b"}]').toString('base64'),
  },
});

/** One review, one answer. @throws where it is not answered 200. */
export async function ask(target: Target, review: string): Promise<string> {
  const connection = await Connection.open(target);
  try {
    const { status, body } = await connection.send(toRequest(target.path, review));
    if (status !== 200) throw new Error(`expected status 200, got ${status}: ${body.toString()}`);
    return body.toString();
  } finally {
    connection.close();
  }
}

const answers = (target: Target): Promise<boolean> =>
  ask(target, reviews('6 KB', 1)[0] ?? '').then(
    () => true,
    () => false,
  );

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
