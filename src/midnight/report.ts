import type { Bin, CronFacts } from './bins.js';
import { createWaiting, type Rate } from './token-bucket.js';

/** Something that every run has to pass. */
export interface Stage extends Rate {
  readonly name: string;
  /** What a CronJob that is due costs there, at least and at most. 0: it does not pass there. */
  readonly costOf: (cron: CronFacts) => Cost;
}

export interface Cost {
  readonly least: number;
  readonly most: number;
}

/** How long one stage takes for a second's runs, in milliseconds from that second on, with what was before it. */
export interface StageDelay extends Cost {
  readonly name: string;
  readonly perSecond: number;
  readonly burst: number;
}

/** One second, and what it means. */
export interface Crowd {
  readonly at: number;
  readonly cronJobs: number;
  readonly pods: number;
  /** The slowest first; those that no run of this second passes are left out. */
  readonly stages: readonly StageDelay[];
  /** By namespace, the most first. */
  readonly sharers: readonly Sharer[];
  /** CronJobs whose startingDeadlineSeconds is over before the first stage can have begun them. */
  readonly missed: number;
}

export interface Sharer {
  readonly namespace: string;
  readonly count: number;
  /** Some of its names. */
  readonly names: readonly string[];
}

/**
 * The second of the span with the most CronJobs; of several, the one that takes longest. Undefined: nothing is due.
 * Every stage is taken for itself, as if nothing before it held anything back: the slowest is what a run waits for.
 */
export function fullestSecond(bins: readonly Bin[], stages: readonly Stage[]): Crowd | undefined {
  const waits = stages.map((stage) => ({
    stage,
    costOf: createCosts(stage),
    least: createWaiting(stage),
    most: createWaiting(stage),
  }));
  let fullest: { bin: Bin; delays: readonly StageDelay[] } | undefined;
  for (const bin of bins) {
    const delays = waits.flatMap(({ stage, costOf, least, most }) => {
      const cost = sumOf(bin.crons.map(costOf));
      if (cost.most === 0) return [];
      const { name, perSecond, burst } = stage;
      return [{ name, perSecond, burst, least: least(bin.at, cost.least), most: most(bin.at, cost.most) }];
    });
    if (fullest === undefined || isFuller(bin, delays, fullest)) fullest = { bin, delays };
  }
  return fullest && crowdOf(fullest.bin, fullest.delays, stages);
}

const isFuller = (
  bin: Bin,
  delays: readonly StageDelay[],
  than: { readonly bin: Bin; readonly delays: readonly StageDelay[] },
): boolean =>
  bin.count > than.bin.count || (bin.count === than.bin.count && longest(delays) > longest(than.delays));

const longest = (delays: readonly StageDelay[]): number => Math.max(0, ...delays.map(({ most }) => most));

/** Of CronJobs that are due together again and again: counted once. */
function createCosts({ costOf }: Stage): (group: readonly CronFacts[]) => Cost {
  const known = new Map<readonly CronFacts[], Cost>();
  return (group) => {
    const cost = known.get(group) ?? sumOf(group.map(costOf));
    known.set(group, cost);
    return cost;
  };
}

const sumOf = (costs: readonly Cost[]): Cost => ({
  least: costs.reduce((sum, { least }) => sum + least, 0),
  most: costs.reduce((sum, { most }) => sum + most, 0),
});

function crowdOf(bin: Bin, delays: readonly StageDelay[], stages: readonly Stage[]): Crowd {
  const all = bin.crons.flat();
  const byNamespace = Map.groupBy(all, ({ namespace }) => namespace);
  const first = delays.find(({ name }) => name === stages[0]?.name)?.least ?? 0;
  return {
    at: bin.at,
    cronJobs: bin.count,
    pods: all.reduce((sum, { pods }) => sum + pods, 0),
    stages: delays.toSorted((a, b) => b.most - a.most),
    sharers: [...byNamespace]
      .map(([namespace, own]) => ({
        namespace,
        count: own.length,
        names: own.slice(0, mostNames).map(({ name }) => name),
      }))
      .sort((a, b) => b.count - a.count || (a.namespace < b.namespace ? -1 : 1)),
    missed: all.filter(({ deadlineSeconds }) => (deadlineSeconds ?? Infinity) * 1000 < first).length,
  };
}

const mostNames = 3;
