import { fork } from 'node:child_process';

/** What a process can be told, and what it answers: `{ command: { ask, answer } }`. */
export type Commands = Readonly<Record<string, { readonly ask: unknown; readonly answer: unknown }>>;

export interface Request {
  readonly id: number;
  readonly command: string;
  readonly ask: unknown;
}
export type Reply =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly error: string };

/** A process of its own that is told by messages what to do. */
export interface Remote<C extends Commands> {
  readonly pid: number;
  tell<N extends keyof C & string>(command: N, ask: C[N]['ask']): Promise<C[N]['answer']>;
  stop(): void;
}

/** Starts `file`, which calls `serve`; ends with this process. */
export async function startRemote<C extends Commands>(file: URL): Promise<Remote<C>> {
  const child = fork(file.pathname, [], { execArgv: ['--max-old-space-size=8000'] });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const waiting = new Map<number, (reply: Reply) => void>();
  child.once('exit', (code) => {
    process.off('exit', kill);
    for (const [id, settle] of waiting) settle({ id, error: `${file.pathname} ended with ${String(code)}` });
  });
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
    pid: child.pid ?? 0,
    async tell(command, ask) {
      last += 1;
      const reply = replyTo(last);
      child.send({ id: last, command, ask } satisfies Request);
      return await reply;
    },
    stop: () => void kill(),
  };
}

export type Handlers<C extends Commands> = {
  readonly [N in keyof C]: (ask: C[N]['ask']) => Promise<C[N]['answer']>;
};

/** Called by the process that is told, when it is ready. */
export function serve<C extends Commands>(handlers: Handlers<C>): void {
  process.on('message', ({ id, command, ask }: Request) => {
    const handler = handlers[command] as (ask: unknown) => Promise<unknown>;
    handler(ask).then(
      (answer) => process.send?.({ id, answer } satisfies Reply),
      (error: unknown) => process.send?.({ id, error: String(error) } satisfies Reply),
    );
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ id: 0, answer: undefined } satisfies Reply);
}
