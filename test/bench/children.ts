import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that is measured. What it writes goes to a file, as to a container's log: nobody is woken to read it. */
export interface Child {
  readonly pid: number;
  /** Waits for a line of its log. @throws when it ends or takes more than 30 s. */
  logged(pattern: RegExp): Promise<RegExpExecArray>;
  /** Rejects with the end of its log when it ends by itself. Does not settle else. */
  readonly died: Promise<never>;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly name: string;
  /** Default: `node`. */
  readonly command?: string;
  readonly args: readonly string[];
  readonly log: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function startChild(options: ChildOptions): Child {
  const { name, command = process.execPath, args, log, env = {}, cwd = process.cwd() } = options;
  const file = openSync(log, 'a');
  const process_ = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', file, file],
  });
  running.add(process_);
  process_.once('exit', () => running.delete(process_));
  const { pid } = process_;
  if (pid === undefined) throw new Error(`${name} did not start`);
  const died = new Promise<never>((_, reject) => {
    process_.once('exit', (code) => {
      if (!process_.killed) reject(new Error(`${name} ended with ${String(code)}:\n${tailOf(log)}`));
    });
  });
  // Who does not wait for it hears of it by what it waits for.
  died.catch(() => undefined);
  return {
    pid,
    died,
    logged: (pattern) => waitForLog(name, process_, log, pattern),
    stop: () => stop(process_),
  };
}

/** Whatever ends this process ends those that it started. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    process.exit(1);
  });
}

async function waitForLog(
  name: string,
  child: ChildProcess,
  log: string,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const found = pattern.exec(readFileSync(log, 'utf8'));
    if (found !== null) return found;
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  throw new Error(`${name} did not come up:\n${tailOf(log)}`);
}

const tailOf = (log: string): string => readFileSync(log, 'utf8').slice(-2000);

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
