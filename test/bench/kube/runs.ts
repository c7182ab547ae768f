import { fork, type ChildProcess } from 'node:child_process';
import type { Figures } from './measure.ts';

export interface Found extends Figures {
  /** Pods that it held at the end. */
  readonly items: number;
}

export interface Pair {
  readonly ours: Found;
  readonly clientNode: Found;
}

/**
 * Our list/watch and client-node's informer, one after the other, each in a process of its own, from one server of so
 * many pods of 4 KB that sends so many events after the list.
 */
export async function listAndWatch(pods: number, events: number): Promise<Pair> {
  const server = start('server.ts', [], [pods, events]);
  try {
    const port = await message<number>(server);
    const run = (file: string) => measured(file, [`http://127.0.0.1:${port}`, pods, events]);
    return { ours: await run('ours.ts'), clientNode: await run('client-node.ts') };
  } finally {
    server.kill('SIGKILL');
  }
}

/** The whole list in one text and its objects take 2 GB for 100,000 pods. */
const flags = ['--expose-gc', '--max-old-space-size=8000'];

async function measured(file: string, args: readonly (string | number)[]): Promise<Found> {
  const child = start(file, flags, args);
  try {
    return await message<Found>(child);
  } finally {
    child.kill('SIGKILL');
  }
}

function start(file: string, execArgv: readonly string[], args: readonly (string | number)[]): ChildProcess {
  const child = fork(new URL(file, import.meta.url).pathname, args.map(String), { execArgv: [...execArgv] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (value) => {
      resolve(value as T);
    });
    child.once('exit', (code) => {
      reject(new Error(`${child.spawnargs.join(' ')} ended with ${String(code)} and said nothing`));
    });
  });
}
