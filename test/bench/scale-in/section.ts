import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Budget, Section, SectionReport, Table } from '../section.ts';
import { median } from '../stats.ts';
import { startApi } from './cluster.ts';
import { openCluster, startAnnotator, startControllers, startWebhook, type Cluster } from './processes.ts';
import {
  changes,
  hold,
  landings,
  repair,
  type Held,
  type Landing,
  type Marker,
  type Repair,
} from './runs.ts';

const count = 2000;
const rounds = 3;
const sizes = [10_000, 100_000];

interface Found {
  readonly landings: Readonly<Record<Marker, readonly Landing[]>>;
  readonly repairs: { readonly tidegate: Repair; readonly annotator: Repair };
  readonly held: readonly { readonly pods: number; readonly tidegate: Held; readonly annotator: Held }[];
}

export const scaleInSection: Section = {
  name: 'scale-in',
  title: 'Marks of pods on virtual nodes',
  async run(note) {
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
    try {
      return report(await measure(folder, note));
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function measure(folder: string, note: (line: string) => void): Promise<Found> {
  const landed = await withCluster(folder, async (cluster) => {
    note(`${count} pods land at once, ${rounds} rounds`);
    const webhook = await startWebhook(cluster);
    try {
      return await landings(cluster, webhook, { rounds, count });
    } finally {
      await webhook.child.stop();
    }
  });
  const repairs = await withCluster(folder, async (cluster) => {
    note(`${count} pods land while the webhook is away`);
    const tidegate = await repair(cluster, startControllers, count);
    return { tidegate, annotator: await repair(cluster, startAnnotator, count) };
  });
  const held: Found['held'][number][] = [];
  for (const pods of sizes) {
    note(`${pods} pods on virtual nodes`);
    held.push(
      await withCluster(folder, async (cluster) => {
        const prefix = `held-${pods}`;
        await cluster.api.tell('pods', { prefix, count: pods, bound: true });
        const tidegate = await hold(cluster, startControllers, prefix);
        return { pods, tidegate, annotator: await hold(cluster, startAnnotator, prefix) };
      }),
    );
  }
  return { landings: landed, repairs, held };
}

async function withCluster<T>(folder: string, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const api = await startApi();
  try {
    return await work(await openCluster(api, await mkdtemp(join(folder, 'cluster-'))));
  } finally {
    api.stop();
  }
}

function report(found: Found): SectionReport {
  return {
    budgets: budgets(found),
    parts: [howMeasured, landingTable(found), repairTable(found), heldTable(found)],
  };
}

function budgets({ landings: { tidegate }, repairs }: Found): readonly Budget[] {
  const share = Math.min(...tidegate.map(({ inFirstState, bound }) => inFirstState / bound));
  const patches = Math.max(...tidegate.map((one) => one.patches));
  const perPod = repairs.tidegate.patches / count;
  return [
    {
      what: `pods marked in their very first bound state, ${count} landing at once`,
      budget: '100 %',
      measured: `${(share * 100).toFixed(1)} %`,
      met: share === 1,
    },
    { what: 'PATCH requests for them', budget: '0', measured: String(patches), met: patches === 0 },
    {
      what: 'writes for each pod that the webhook missed',
      budget: '1',
      measured: perPod.toFixed(2),
      met: perPod === 1,
    },
  ];
}

const markers: readonly Marker[] = ['nobody', 'tidegate', 'annotator'];

function landingTable({ landings: all }: Found): Table {
  const row = (what: string, of: (one: Landing) => number | undefined, digits = 0): readonly string[] => [
    what,
    ...markers.map((marker) => {
      const values = all[marker].flatMap((one) => of(one) ?? []);
      return values.length === 0 ? '–' : median(values).toFixed(digits);
    }),
  ];
  return {
    head: [`${count} pods landing at once`, 'no marks', 'tidegate', 'client-node informer'],
    rows: [
      row('marked in the first bound state, %', (one) => (100 * one.inFirstState) / one.bound, 1),
      row('PATCH requests', ({ patches }) => patches),
      row('from bind to mark, ms, p50', ({ windowMs }) => windowMs?.p50, 1),
      row('from bind to mark, ms, p99', ({ windowMs }) => windowMs?.p99, 1),
      row('a bind, 64 at a time, ms, p50', ({ bindMs }) => bindMs.p50, 1),
      row('a bind, 64 at a time, ms, p99', ({ bindMs }) => bindMs.p99, 1),
      row('binds a second', ({ bindsPerSecond }) => bindsPerSecond),
      row('a bind alone, ms, p50', ({ aloneMs }) => aloneMs.p50, 2),
      row('a bind alone, ms, p99', ({ aloneMs }) => aloneMs.p99, 2),
    ],
  };
}

function repairTable({ repairs: { tidegate, annotator } }: Found): Table {
  const row = (what: string, of: (one: Repair) => number | undefined, digits = 1): readonly string[] => [
    what,
    ...[tidegate, annotator].map((one) => of(one)?.toFixed(digits) ?? '–'),
  ];
  return {
    head: [`${count} pods landing, the webhook away`, 'tidegate controllers', 'client-node informer'],
    rows: [
      row('seconds until all are marked', ({ seconds }) => seconds),
      row('writes a pod', ({ patches }) => patches / count, 2),
      row('reads a pod', ({ reads }) => reads / count, 2),
      row('CPU seconds', ({ cpuSeconds }) => cpuSeconds),
    ],
  };
}

function heldTable({ held }: Found): Table {
  const row = (what: string, of: (one: Held) => number | undefined, digits = 1): readonly string[] => [
    what,
    ...held.flatMap(({ tidegate, annotator }) =>
      [tidegate, annotator].map((one) => of(one)?.toFixed(digits) ?? '–'),
    ),
  ];
  const names = held.flatMap(({ pods }) =>
    ['tidegate', 'client-node'].map((who) => `${who}, ${pods.toLocaleString('en')}`),
  );
  return {
    head: ['marked pods on virtual nodes, 4 KB each', ...names],
    rows: [
      row('seconds until it is in step', ({ syncSeconds }) => syncSeconds),
      row('CPU seconds until then', ({ syncCpuSeconds }) => syncCpuSeconds),
      row('RSS, MB', ({ rssMB }) => rssMB, 0),
      row('peak RSS, MB', ({ peakMB }) => peakMB, 0),
      row(`CPU seconds for ${changes} changes of status`, ({ eventCpuSeconds }) => eventCpuSeconds, 2),
    ],
  };
}

const howMeasured = `The API server of the box in one process, tidegate's webhook and controllers as they are shipped in others, over TLS; binds
come from one client, 64 at a time. When a pod was bound and when it was marked is taken in the API server. Beside them
the obvious way to write it: @kubernetes/client-node's informer over all pods, and a PATCH for each that has landed
(test/bench/scale-in/annotator.ts); it sends as many at once as there are, where tidegate keeps to a rate.
${rounds} rounds in turn, medians. The box stands for an API server: trust what is counted, and the ratios.`;
