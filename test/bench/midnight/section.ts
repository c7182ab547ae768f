import type * as ReportModule from '../../../src/sim/scenario/report.ts';
import type { Limit } from '../../../src/sim/scenario/limits.ts';
import { built } from '../built.ts';
import { startRemote } from '../remote.ts';
import type { Section, SectionReport, Table } from '../section.ts';
import type { Manager, MidnightCommands, Played, Setting } from './worker.ts';

const { durationText } = await built<typeof ReportModule>('sim/scenario/report.js');

const settings: readonly Setting[] = [
  { manager: 'stock', scheduler: 'kube-scheduler', virtualNodes: 10 },
  { manager: 'stock', scheduler: 'tidegate', virtualNodes: 10 },
  { manager: 1000, scheduler: 'kube-scheduler', virtualNodes: 10 },
  { manager: 1000, scheduler: 'kube-scheduler, QPS raised', virtualNodes: 10 },
  { manager: 1000, scheduler: 'tidegate', virtualNodes: 10 },
  { manager: 5000, scheduler: 'kube-scheduler', virtualNodes: 50 },
  { manager: 5000, scheduler: 'kube-scheduler, QPS raised', virtualNodes: 50 },
  { manager: 5000, scheduler: 'tidegate', virtualNodes: 50 },
];

export const midnightSection: Section = {
  name: 'midnight',
  title: 'Midnight: 5,000 CronJobs due in one second',
  async run(note) {
    const worker = await startRemote<MidnightCommands>(new URL('worker.ts', import.meta.url));
    try {
      const played: Played[] = [];
      for (const setting of settings) {
        note(
          `${setting.scheduler}, kube-controller-manager ${setting.manager}, ${setting.virtualNodes} nodes`,
        );
        played.push(await worker.tell('play', setting));
      }
      return report(played, await worker.tell('limits', undefined));
    } finally {
      worker.stop();
    }
  },
};

function report(played: readonly Played[], limits: readonly Limit[]): SectionReport {
  const groups = Map.groupBy(played, ({ manager }) => manager);
  return {
    budgets: [],
    parts: [
      aModel,
      '### Each stage alone',
      limitsTable(limits),
      ...[...groups].flatMap(([manager, runs]) => [
        `### ${titleOf(manager, runs[0]?.virtualNodes ?? 0)}`,
        stagesTable(runs),
        conclusions[manager],
      ]),
    ],
  };
}

const titleOf = (manager: Manager, nodes: number): string =>
  `${nodes} virtual nodes, kube-controller-manager ${
    manager === 'stock' ? 'as it comes: 20 QPS, burst 30, 5 workers' : `at ${manager} QPS, 100 workers`
  }`;

/** What tidegate does about a stage, by the beginning of the stage's name. */
const remedies: readonly (readonly [string, string])[] = [
  ['CronJob', 'nothing: `--kube-api-qps`, `--kube-api-burst`, `--concurrent-cron-job-syncs`'],
  ['Job', 'nothing: the same flags, and `--concurrent-job-syncs`'],
  ['kube-scheduler', '`tidegate scheduler` in its place, for the pods of policies that ask for it'],
  ['', 'takes no pod sooner; spreads them so that the last one is taken soonest'],
];

const limitsTable = (limits: readonly Limit[]): Table => ({
  head: ['5,000 of them, all at once', 'limit', 'takes', 'what tidegate does about it'],
  rows: limits.map(({ stage, setting, ms }) => [
    stage,
    setting,
    durationText(ms),
    remedies.find(([begin]) => stage.startsWith(begin))?.[1] ?? '',
  ]),
});

function stagesTable(runs: readonly Played[]): Table {
  const stages = runs[0]?.stages.map(({ stage }) => stage) ?? [];
  const cell = ({ stages: times }: Played, stage: string): string => {
    const found = times.find((one) => one.stage === stage);
    return found === undefined || found.count === 0
      ? '–'
      : [found.p50, found.p99, found.max].map(durationText).join(' / ');
  };
  return {
    head: ['p50 / p99 / last', ...runs.map(({ scheduler }) => scheduler)],
    rows: [
      ...stages.map((stage) => [stage, ...runs.map((run) => cell(run, stage))]),
      ['pods bound', ...runs.map(({ stages: times }) => String(countOf(times, 'due → bound')))],
    ],
  };
}

const countOf = (times: Played['stages'], stage: string): number =>
  times.find((one) => one.stage === stage)?.count ?? 0;

const aModel = `Figures of a model, not measured on a clock: the scenario \`midnight\` (docs/scenarios.md) with the webhook in
all columns, so that only the scheduler differs, and \`tidegate scheduler\` itself on the scenario's clock. Its Bindings
take 64 ms each, 64 at a time: 1,000 a second, about what one API server with etcd carries. The model's kube-scheduler
takes 3 ms a pod and its Bindings no time at all; its API server has no limit of its own. What the schedulers do on a
real API server is measured in the section above.`;

const conclusions: Readonly<Record<Manager, string>> = {
  stock: `**tidegate gains nothing here.** Jobs and pods come at 10 a second or less, and any scheduler keeps up with that. Who
installs it for midnight raises kube-controller-manager's limits first.`,
  1000: `Now the scheduler is the limit: the default one binds 50 a second. With its QPS raised it binds one pod in 3 ms, and
is behind the pods by seconds; tidegate keeps up with them. Yet pods start no sooner for that: the virtual kubelets take
100 at once and then 10 a second for each node, and no scheduler changes that. More virtual nodes do.`,
  5000: `With enough virtual nodes it is the scheduler that counts, to the last pod. What then is left is the start itself: the image
(the policy's \`startup.imageCache\`) and the cloud.`,
};
