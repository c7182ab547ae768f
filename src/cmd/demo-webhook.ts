import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { AppError } from '../errors.js';
import { systemClock } from '../telemetry/clock.js';

/** The real webhook, in a process of its own. */
export interface WebhookProcess {
  /** `https://127.0.0.1:port` */
  readonly url: string;
  /** Every line of its log so far, as it wrote them. */
  readonly log: readonly LogLine[];
  /** Settles when it has ended. */
  close(): Promise<void>;
}

export type LogLine = Readonly<Record<string, unknown>>;

export interface WebhookProcessOptions {
  readonly policies: readonly string[];
  readonly certificate: string;
  readonly key: string;
  readonly kubeconfig: string;
}

/** Starts `tidegate webhook` on free ports of this machine. @throws AppError where it ends before it serves. */
export async function startWebhook(options: WebhookProcessOptions): Promise<WebhookProcess> {
  const child = spawn(process.execPath, [`--import=${endWithParent}`, cli, ...argumentsOf(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const log: LogLine[] = [];
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const serves = new Promise<LogLine>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = readLine(text);
      log.push(line);
      if (line['msg'] === 'webhook serves') resolve(line);
    });
    void ended.then(() => {
      reject(new AppError('demo-failed', `the webhook ended before it served: ${complaint.trim()}`));
    });
  });
  const { port, opsPort } = await serves;
  await ready(Number(opsPort));
  return {
    url: `https://127.0.0.1:${Number(port)}`,
    log,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Run in the child before all else: its standard input ends when this process does, however that ends. */
const endWithParent = `data:text/javascript,${encodeURIComponent(
  "process.stdin.on('close', () => process.kill(process.pid)).resume().unref();",
)}`;

const cli = fileURLToPath(new URL('../cli.js', import.meta.url));

const argumentsOf = ({ policies, certificate, key, kubeconfig }: WebhookProcessOptions): string[] => [
  'webhook',
  ...policies.flatMap((path) => ['--policies', path]),
  ...['--tls-cert', certificate, '--tls-key', key, '--kubeconfig', kubeconfig],
  ...['--host', '127.0.0.1', '--port', '0', '--ops-port', '0', '--lame-duck', '0', '--log-level', 'debug'],
];

function readLine(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { msg: text };
  }
}

/** The webhook is ready when the cluster's nodes and namespaces are known to it. */
async function ready(opsPort: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`http://127.0.0.1:${opsPort}/readyz`);
    await answer.text();
    if (answer.ok) return;
    await systemClock.sleep(100);
  }
  throw new AppError('demo-failed', 'the webhook did not become ready within 10 s');
}
