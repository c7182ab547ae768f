import { setTimeout as sleep } from 'node:timers/promises';
import { reviews, type Size } from '../fixtures/reviews.ts';
import { cpuSeconds } from '../process-usage.ts';
import { quantile } from '../stats.ts';
import { Connection, toRequest, type Target } from './connection.ts';

export interface Load {
  readonly target: Target;
  /** The server. */
  readonly pid: number;
  readonly size: Size;
  readonly connections: number;
  readonly milliseconds: number;
}

export interface Measured {
  readonly requests: number;
  /** In milliseconds, at the client. */
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  /** What the server used of the CPU for one request, in microseconds. NaN where that cannot be read. */
  readonly cpuMicros: number;
}

/** Every connection sends its next review as soon as the last one is answered. @throws where one is not answered 200. */
export async function load({ target, pid, size, connections, milliseconds }: Load): Promise<Measured> {
  const bodies = reviews(size, different).map((body) => toRequest(target.path, body));
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(target)));
  try {
    await Promise.all(open.map((connection) => run(connection, bodies, performance.now() + warmUp)));
    const cpu = cpuSeconds(pid) ?? Number.NaN;
    const start = performance.now();
    const latencies = (
      await Promise.all(open.map((connection) => run(connection, bodies, start + milliseconds)))
    ).flat();
    const seconds = (performance.now() - start) / 1000;
    return {
      requests: latencies.length,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      perSecond: latencies.length / seconds,
      cpuMicros: (((cpuSeconds(pid) ?? Number.NaN) - cpu) * 1e6) / latencies.length,
    };
  } finally {
    for (const connection of open) connection.close();
    await sleep(5);
  }
}

/** How many different reviews are sent in turns. */
const different = 16;

/** How long new connections run before the clock does, in milliseconds. */
const warmUp = 30;

async function run(connection: Connection, bodies: readonly Buffer[], until: number): Promise<number[]> {
  const latencies: number[] = [];
  let now = performance.now();
  for (let i = 0; now < until; i += 1) {
    const start = now;
    const { status } = await connection.send(bodies[i % bodies.length] ?? Buffer.alloc(0));
    now = performance.now();
    if (status !== 200) throw new Error(`expected status 200, got ${status}`);
    latencies.push(now - start);
  }
  return latencies;
}
