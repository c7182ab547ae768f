import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../children.ts';
import { cpuSeconds, memory } from '../process-usage.ts';
import { quantile } from '../stats.ts';
import { contestantsOf, schedulerNames, startContestant, type Contestant } from './contestants.ts';
import type { Seen } from './observer.ts';
import type { Plane } from './planes.ts';

/** What one binder made of so many pods that were created at once. */
export interface Run {
  /** From creation to Binding, as a watch shows them. */
  readonly p50: number;
  readonly p99: number;
  readonly podsPerSecond: number;
  readonly creationSeconds: number;
  /** Until all were bound, against the time that their creation took. */
  readonly ratio: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

/** Creators, each with a connection of its own. */
export const creators = 32;
const warmUp = 300;
const timeoutMs = 240_000;
let last = 0;

/** Starts one binder, lets it warm up, measures, and ends it. */
export async function runOnce(plane: Plane, who: Contestant, count: number): Promise<Run> {
  last += 1;
  const child = await startContestant(plane, who, `${who}-${last}.log`);
  const warm = { prefix: `warm-${last}`, count: warmUp };
  const pods = { prefix: `run-${last}`, count };
  try {
    await Promise.race([bindAll(plane, who, warm), child.died]);
    // The bucket of a slow client fills again.
    await sleep(3000);
    return toRun(await measured(child, () => Promise.race([bindAll(plane, who, pods), child.died])));
  } finally {
    await child.stop();
    await plane.creator.tell('remove', warm);
    await plane.creator.tell('remove', pods);
  }
}

interface Pods {
  readonly prefix: string;
  readonly count: number;
}

async function bindAll({ observer, creator, jobUid }: Plane, who: Contestant, pods: Pods): Promise<Seen> {
  await observer.tell('begin', `${pods.prefix}-`);
  const seen = observer.tell('whenBound', { count: pods.count, timeoutMs });
  await creator.tell('create', {
    ...pods,
    ...{ schedulerName: schedulerNames[who], jobUid, atOnce: creators },
  });
  const found = await seen;
  if (found.bound < pods.count)
    throw new Error(`${who}: ${found.bound} of ${pods.count} pods were bound in ${timeoutMs / 1000} s`);
  return found;
}

interface Measured {
  readonly seen: Seen;
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

async function measured({ pid }: Child, work: () => Promise<Seen>): Promise<Measured> {
  const before = cpuSeconds(pid) ?? Number.NaN;
  const seen = await work();
  const used = (cpuSeconds(pid) ?? Number.NaN) - before;
  return { seen, cpuSeconds: used, peakMB: memory(pid)?.peak ?? Number.NaN };
}

const toRun = ({ seen, cpuSeconds: cpu, peakMB }: Measured): Run => ({
  p50: quantile(seen.latencies, 0.5),
  p99: quantile(seen.latencies, 0.99),
  podsPerSecond: seen.bound / (seen.allBoundMs / 1000),
  creationSeconds: seen.creationMs / 1000,
  ratio: seen.allBoundMs / seen.creationMs,
  cpuSeconds: cpu,
  peakMB,
});

/** By binder, a run a round. */
export type Runs = ReadonlyMap<Contestant, readonly Run[]>;

/** In turns. A stock kube-scheduler is the same in every round, and slow: once is enough. */
export async function runRounds(
  plane: Plane,
  { count, rounds }: { readonly count: number; readonly rounds: number },
  note: (line: string) => void,
): Promise<Runs> {
  const found = new Map<Contestant, Run[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const who of contestantsOf(plane)) {
      if (who === 'stock' && round > 0) continue;
      const run = await runOnce(plane, who, count);
      note(
        `${plane.name}, ${count} pods, ${who}: p50 ${run.p50.toFixed(0)} ms, p99 ${run.p99.toFixed(0)} ms`,
      );
      found.set(who, [...(found.get(who) ?? []), run]);
    }
  }
  return found;
}
