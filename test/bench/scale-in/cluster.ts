import { fork } from 'node:child_process';
import type { JsonObject } from '../../../src/objects/json.ts';

/** What the API server can be told, and what it answers. */
export interface Commands {
  readonly open: {
    readonly ask: undefined;
    readonly answer: {
      readonly url: string;
      readonly token: string;
      readonly caBundle: string;
      readonly kubeconfig: string;
    };
  };
  /** `bound`: they are on virtual nodes, and marked. */
  readonly pods: {
    readonly ask: { readonly prefix: string; readonly count: number; readonly bound: boolean };
    readonly answer: undefined;
  };
  readonly reset: { readonly ask: undefined; readonly answer: undefined };
  readonly landed: { readonly ask: undefined; readonly answer: Landed };
  readonly register: { readonly ask: JsonObject; readonly answer: undefined };
  readonly unregister: { readonly ask: string; readonly answer: undefined };
  /** What kubelets say of so many pods; another `round` is something else. */
  readonly status: {
    readonly ask: { readonly prefix: string; readonly count: number; readonly round: number };
    readonly answer: undefined;
  };
}

/** What became of the pods that were bound since the last reset. */
export interface Landed {
  readonly bound: number;
  /** Marked in the very first state that shows their node. */
  readonly inFirstState: number;
  readonly marked: number;
  /** From bind to mark, of those that have one. */
  readonly windowMs: { readonly p50: number; readonly p99: number } | undefined;
  /** From the first bind to the last mark; NaN while one is missing. */
  readonly seconds: number;
  readonly patches: number;
  readonly reads: number;
}

export interface Request {
  readonly id: number;
  readonly command: keyof Commands;
  readonly ask: unknown;
}
export type Reply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string };

/** An API server in a process of its own. */
export interface Api {
  tell<C extends keyof Commands>(command: C, ask: Commands[C]['ask']): Promise<Commands[C]['answer']>;
  stop(): void;
}

export async function startApi(): Promise<Api> {
  const child = fork(new URL('api.ts', import.meta.url).pathname, [], {
    execArgv: ['--max-old-space-size=8000'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', (code) => {
    process.off('exit', kill);
    for (const [id, settle] of waiting) settle({ id, error: `the API server ended with ${String(code)}` });
  });
  const waiting = new Map<number, (reply: Reply) => void>();
  child.on('message', (reply: Reply) => {
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  const replyTo = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, (reply) => {
        if ('error' in reply) reject(new Error(reply.error));
        else resolve(reply.answer);
      });
    });
  await replyTo(0);
  let last = 0;
  return {
    async tell(command, ask) {
      last += 1;
      const reply = replyTo(last);
      child.send({ id: last, command, ask } satisfies Request);
      return (await reply) as Commands[typeof command]['answer'];
    },
    stop: () => void kill(),
  };
}
