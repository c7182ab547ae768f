import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import type { PemPair } from '../../src/certs/issue.js';
import type { TestCertificates } from './certificates.js';
import { eventually } from './eventually.js';
import { mountConfigMap, writeFiles } from './folder.js';
import { send, type TestAnswer, type TestRequest } from './https.js';
import { policyDocument } from './policy.js';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly msg: string };

export interface RunningProcess {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The log so far. */
  readonly lines: () => readonly LogLine[];
  /** The exit code; null after a signal that it did not handle. */
  readonly exited: Promise<number | null>;
}

type AtEnd = (action: () => Promise<void> | void) => void;

/** Runs the built command line. Killed when the test ends. */
export function runCli(
  args: readonly string[],
  nodeArgs: readonly string[] = [],
  atEnd: AtEnd = onTestFinished,
): RunningProcess {
  const child = spawn(process.execPath, [...nodeArgs, cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.stderr += chunk.toString()));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  atEnd(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const lines = () =>
    texts.stdout
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as LogLine);
  return { child, stdout: () => texts.stdout, stderr: () => texts.stderr, lines, exited };
}

export interface WebhookProcess extends RunningProcess {
  readonly folder: string;
  readonly port: number;
  readonly opsPort: number;
  /** One review (text or object) over a connection of its own, unless an agent is given. */
  readonly review: (review: unknown, options?: TestRequest) => Promise<TestAnswer>;
  readonly ops: (path: string) => Promise<{ status: number; text: string }>;
  /** A connection that is kept, as the API server does. */
  readonly keepAlive: () => Agent;
}

export interface WebhookProcessOptions {
  readonly certificates: TestCertificates;
  /** By file name. Default: one policy `all` for kwok. */
  readonly policies?: Readonly<Record<string, string>>;
  /** Lays policies and certificates as kubelet mounts them; `mountConfigMap` changes them. Default: plain files. */
  readonly mounted?: boolean;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** What is called with what ends the process. Default: the end of the test. */
  readonly atEnd?: AtEnd;
}

/** The webhook on free ports, serving. Its folder holds `policies/`, `tls.crt` and `tls.key`. */
export async function startWebhook(options: WebhookProcessOptions): Promise<WebhookProcess> {
  const { certificates, policies = { 'all.yaml': policyYaml('all') }, args = [], nodeArgs = [] } = options;
  const { atEnd = onTestFinished } = options;
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-webhook-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, 'policies'));
  const lay = options.mounted === true ? mountFirst : writeFiles;
  await lay(join(folder, 'policies'), policies);
  await lay(folder, pairFiles(certificates.server));
  const running = runCli(['webhook', ...flagsFor(folder), '--reload', '1', ...args], nodeArgs, atEnd);
  let ended = false;
  void running.exited.then(() => (ended = true));
  const serving = () => running.lines().find(({ msg }) => msg === 'webhook serves');
  await eventually('the webhook to serve', () => ended || serving() !== undefined);
  const line = serving();
  if (line === undefined) throw new Error(`the webhook ended: ${running.stderr()}${running.stdout()}`);
  const port = Number(line['port']);
  const opsPort = Number(line['opsPort']);
  const ca = certificates.ca.cert;
  return {
    ...running,
    folder,
    port,
    opsPort,
    review: (review, more = {}) => {
      const payload = typeof review === 'string' ? review : JSON.stringify(review);
      return send({ port, ca, agent: false, payload, ...more });
    },
    ops: async (path) => {
      const response = await fetch(`http://127.0.0.1:${opsPort}${path}`);
      return { status: response.status, text: await response.text() };
    },
    keepAlive: () => {
      const agent = new Agent({ keepAlive: true, ca, maxSockets: 1 });
      atEnd(() => {
        agent.destroy();
      });
      return agent;
    },
  };
}

/** What a command line needs at least, on free ports. */
export function flagsFor(folder: string): readonly string[] {
  const files = ['--tls-cert', join(folder, 'tls.crt'), '--tls-key', join(folder, 'tls.key')];
  const ports = ['--host', '127.0.0.1', '--port', '0', '--ops-port', '0'];
  return ['--policies', join(folder, 'policies'), ...files, ...ports];
}

const mountFirst = (folder: string, files: Readonly<Record<string, string>>) =>
  mountConfigMap(folder, 'v1', files);

export const pairFiles = ({ cert, key }: PemPair) => ({ 'tls.crt': cert, 'tls.key': key });

export const policyYaml = (name: string, spec: Record<string, unknown> = {}): string =>
  stringify(policyDocument(name, spec));

/** The operations of an answer's patch; undefined without one. */
export function patchOf({
  body,
}: TestAnswer): readonly { op: string; path: string; value: unknown }[] | undefined {
  const { response } = JSON.parse(body) as { response: { patch?: string } };
  if (response.patch === undefined) return undefined;
  return JSON.parse(Buffer.from(response.patch, 'base64').toString('utf8')) as never;
}
