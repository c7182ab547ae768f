import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRemote } from '../remote.ts';
import type { Budget, Section, SectionReport, Table } from '../section.ts';
import { median, ratios, showSpread, spread } from '../stats.ts';
import { contestants, titles, type Contestant } from './contestants.ts';
import type { DecideCommands, Decided } from './decide.ts';
import { openPlane, planeStarters } from './planes.ts';
import { creators, runOnce, runRounds, type Run, type Runs } from './runs.ts';

const small = { count: 2000, rounds: 7 };
const large = { count: 5000, rounds: 3 };

interface Measured {
  readonly plane: string;
  readonly small: Runs;
  readonly large: Runs;
}

export const schedulerSection: Section = {
  name: 'scheduler',
  title: 'The job scheduler',
  async run(note) {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
    try {
      note('decide');
      const decided = await measureDecide();
      const found: Measured[] = [];
      for (const start of planeStarters()) {
        const plane = await openPlane(start, await mkdtemp(join(folder, 'plane-')));
        try {
          note(`${plane.name} warms up`);
          await runOnce(plane, 'bare', small.count);
          const ofSmall = await runRounds(plane, small, note);
          found.push({ plane: plane.name, small: ofSmall, large: await runRounds(plane, large, note) });
        } finally {
          await plane.stop();
        }
      }
      return report(found, decided);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function measureDecide(): Promise<readonly Decided[]> {
  const remote = await startRemote<DecideCommands>(new URL('decide.ts', import.meta.url));
  try {
    return await remote.tell('measure', undefined);
  } finally {
    remote.stop();
  }
}

function report(found: readonly Measured[], decided: readonly Decided[]): SectionReport {
  return {
    budgets: found.flatMap(budgetsOf),
    parts: [
      howMeasured,
      ...found.flatMap(({ plane, small: ofSmall, large: ofLarge }) => [
        `### On ${plane}`,
        tableOf(small.count, ofSmall),
        tableOf(large.count, ofLarge),
      ]),
      '### One decision',
      decideTable(decided),
      ...(found.length > 1 ? [] : [noControlPlane]),
    ],
  };
}

const runsOf = (runs: Runs, who: Contestant): readonly Run[] => runs.get(who) ?? [];
const p99s = (runs: Runs, who: Contestant): readonly number[] => runsOf(runs, who).map(({ p99 }) => p99);

function budgetsOf({ plane, small: runs }: Measured): readonly Budget[] {
  const where = `${small.count} pods at once on ${plane}`;
  const ours = p99s(runs, 'tidegate');
  const against = (who: Contestant, most: number): Budget => {
    const ratio = spread(ratios(ours, p99s(runs, who)));
    return {
      what: `p99 from creation to Binding against the ${titles[who]}, ${where}`,
      budget: `≤ ${most.toFixed(2)} ×`,
      measured: `${showSpread(ratio)} ×`,
      met: ratio.median <= most,
    };
  };
  const all = spread(runsOf(runs, 'tidegate').map(({ ratio }) => ratio));
  return [
    {
      what: `until all are bound, against the time that their creation takes, ${where}`,
      budget: '≤ 1.10 ×',
      measured: `${showSpread(all)} ×`,
      met: all.median <= 1.1,
    },
    against('bare', 1.5),
    ...(runs.has('raised') ? [against('raised', 1 / 3)] : []),
  ];
}

function tableOf(count: number, runs: Runs): Table {
  const given = contestants.filter((who) => runs.has(who));
  const row = (what: string, of: (run: Run) => number, digits = 0): readonly string[] => [
    what,
    ...given.map((who) => median(runsOf(runs, who).map(of)).toFixed(digits)),
  ];
  return {
    head: [`${count} pods at once`, ...given.map((who) => titles[who])],
    rows: [
      row('from creation to Binding, ms, p50', ({ p50 }) => p50),
      row('from creation to Binding, ms, p99', ({ p99 }) => p99),
      row('pods bound a second', ({ podsPerSecond }) => podsPerSecond),
      row('seconds that their creation took', ({ creationSeconds }) => creationSeconds, 1),
      row('until all were bound, against that', ({ ratio }) => ratio, 2),
      row('CPU seconds', ({ cpuSeconds }) => cpuSeconds, 2),
      row('peak RSS, MB', ({ peakMB }) => peakMB),
      ['rounds', ...given.map((who) => String(runsOf(runs, who).length))],
    ],
  };
}

const decideTable = (decided: readonly Decided[]): Table => ({
  head: ['virtual nodes', 'ordinary nodes of the pool', 'goes to', 'µs of CPU a pod'],
  rows: decided.map(({ virtual, ordinary, lane, microseconds }) => [
    String(virtual),
    String(ordinary),
    lane === 'virtual' ? 'a virtual one' : 'an ordinary one',
    microseconds.toFixed(1),
  ]),
});

const howMeasured = `Ten virtual nodes with room for all; pods as a Job's, 2.5 KB as they are sent and 4 KB as they are stored, from
${creators} creators at once, each with a connection of its own. One watch in a process of its own notes, by its own clock,
when it sees a pod for the first time and when on a node: no clocks are compared, and what the watch itself lags behind
it lags behind for all. Whoever binds is a process of its own, started anew for each run and warmed up with 300 pods:

- **bare binder**: the floor. A watch of its pods, and a Binding for each, 64 at a time, to the nodes in turn; no
  checks, no assumptions, no events, no retries (test/bench/scheduler/binder.ts).
- **tidegate scheduler**: as it is shipped, with leader election, its trace and its events, without policies.
- **kube-scheduler**: with a client of QPS 5000 and burst 10000, and with its defaults. Only where a control plane is
  given: the box's scheduler is a model, and a model proves nothing about speed.

Creators, watch, API server, its store and the binder share the machine, so that creation and Binding slow each other
down. In turns, after a run that warms the API server up and does not count; medians over the rounds, ratios round by
round with the middle half of them in brackets. etcd does not wait for the disk (\`--unsafe-no-fsync\`). No kubelet answers.`;

const noControlPlane =
  'No control plane was given (`KUBEBUILDER_ASSETS`), so that nothing here is held against kube-scheduler.';
