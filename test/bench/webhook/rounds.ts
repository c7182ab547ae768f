import { fork } from 'node:child_process';
import type { Size } from '../fixtures/reviews.ts';
import type { Load, Measured } from './load.ts';
import { pathOf, type Servers } from './servers.ts';

/** Who answers, in the order of a round. */
export const contenders = ['short', 'same', 'tidegate', 'pepr'] as const;
export type Contender = (typeof contenders)[number];

export interface Setting {
  readonly size: Size;
  readonly connections: number;
}

/** What each contender did, round by round. */
export type Rounds = Readonly<Record<Contender, readonly Measured[]>>;

export interface Client {
  measure(load: Load): Promise<Measured>;
  stop(): void;
}

/** A process of its own, so that client and server do not wait for each other. */
export function startClient(): Client {
  const client = fork(new URL('client.ts', import.meta.url).pathname);
  const kill = () => client.kill('SIGKILL');
  process.once('exit', kill);
  return {
    measure: (load) =>
      new Promise((resolve, reject) => {
        client.once('message', (answer: { measured: Measured } | { error: string }) => {
          if ('measured' in answer) resolve(answer.measured);
          else reject(new Error(answer.error));
        });
        client.send(load);
      }),
    stop: () => {
      process.off('exit', kill);
      kill();
    },
  };
}

/** One after the other, round by round: what drifts on the machine meets all alike. */
export async function runRounds(
  servers: Servers,
  client: Client,
  setting: Setting,
  rounds: number,
  milliseconds: number,
): Promise<Rounds> {
  const measured = { short: [], same: [], tidegate: [], pepr: [] } as Record<Contender, Measured[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of contenders) {
      const load = { ...setting, ...serverOf(contender, servers, setting), milliseconds };
      measured[contender].push(await client.measure(load));
    }
  }
  return measured;
}

function serverOf(
  contender: Contender,
  { bare, tidegate, pepr }: Servers,
  { size }: Setting,
): Pick<Load, 'target' | 'pid'> {
  switch (contender) {
    case 'short':
      return { target: { ...bare.target, path: '/short' }, pid: bare.child.pid };
    case 'same':
      return { target: { ...bare.target, path: `/${pathOf(size)}` }, pid: bare.child.pid };
    case 'tidegate':
      return { target: tidegate.target, pid: tidegate.child.pid };
    case 'pepr':
      return { target: pepr.target, pid: pepr.child.pid };
    default:
      return contender satisfies never;
  }
}
