import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reviews, shapes, sizes } from '../fixtures/reviews.ts';
import { memory } from '../process-usage.ts';
import type { Budget, Section, SectionReport, Table } from '../section.ts';
import { median, ratios, showSpread, spread, type Spread } from '../stats.ts';
import type { Measured } from './load.ts';
import { installPepr } from './pepr-packages.ts';
import { contenders, runRounds, startClient, type Contender, type Rounds, type Setting } from './rounds.ts';
import { checkSameMutation } from './same-mutation.ts';
import { ask, startServers, type Servers } from './servers.ts';

const rounds = 12;
const milliseconds = 400;
const connections = [1, 16];

export const webhookSection: Section = {
  name: 'webhook',
  title: 'The webhook, against a bare server and Pepr',
  async run(note) {
    await installPepr(note);
    const folder = await mkdtemp(join(tmpdir(), 'tidegate-bench-'));
    try {
      note('starting the servers');
      const servers = await startServers(folder);
      try {
        return await measure(servers, note);
      } finally {
        await servers.stop();
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

interface Found {
  readonly setting: Setting;
  readonly rounds: Rounds;
}

async function measure(servers: Servers, note: (line: string) => void): Promise<SectionReport> {
  for (const size of sizes) await check(servers, reviews(size, 1)[0] ?? '');
  const client = startClient();
  try {
    note('warming up');
    for (const size of sizes) await runRounds(servers, client, { size, connections: 16 }, 1, 2_000);
    const found: Found[] = [];
    for (const setting of sizes.flatMap((size) => connections.map((n) => ({ size, connections: n })))) {
      note(`${setting.size}, connections: ${setting.connections}`);
      found.push({ setting, rounds: await runRounds(servers, client, setting, rounds, milliseconds) });
    }
    return report(found, servers);
  } finally {
    client.stop();
  }
}

async function check({ tidegate, pepr }: Servers, review: string): Promise<void> {
  checkSameMutation(review, await ask(tidegate.target, review), await ask(pepr.target, review));
}

const names: Readonly<Record<Contender, string>> = {
  short: 'bare, a short patch',
  same: "bare, tidegate's patch",
  tidegate: 'tidegate',
  pepr: 'Pepr 1.1.4',
};

function report(found: readonly Found[], servers: Servers): SectionReport {
  const memories = memoryOf(servers);
  return {
    budgets: [
      ...found.filter(({ setting }) => setting.connections === 1).flatMap(latencyBudgets),
      ...memoryBudgets(memories),
    ],
    parts: [howMeasured, ...found.flatMap(tableOf), memoryTable(memories)],
  };
}

const howMeasured = `Three servers, each a process of its own with one and the same certificate, on TLS 1.3:

- **bare**: \`node:https\`, reads the body, parses nothing, answers a constant. Once with one short operation, once with
  the very answer that tidegate gives, so that the same bytes go both ways: what is left between that and tidegate is
  the deciding.
- **tidegate**: \`tidegate webhook\` with policies from files, one log line a review, as it is shipped.
- **Pepr 1.1.4**: the same mutation as a Pepr module (test/bench/pepr/module.cjs) through Pepr's own controller, at its
  default log level. That both make the same pod template of a review is checked before anything is measured.

Reviews are those of a CronJob on CREATE: ${sizes.map((size) => `${size} (${shapes[size].title})`).join(', ')}. Policy: one
provider with log variables, two tracing variables, start-up annotations, tolerations, node affinity.

The client is one more process, with one request at a time on each keep-alive connection. ${rounds} rounds; in each, every
server gets ${milliseconds} ms in turn. Values are medians over the rounds; ratios are taken round by round, with the middle half
of them in brackets. CPU is what the server's process used for one review.

Against the bare server the budget is out of reach for whatever reads a review in JavaScript: \`JSON.parse\` of it alone
takes about half of what the bare server needs for the whole exchange (see admit() below). The memory is the young
generation that Node grows under load; a cap on it slows the reviews down more than it saves.`;

function tableOf({ setting, rounds: measured }: Found): [string, Table] {
  const of = (contender: Contender, value: (one: Measured) => number) => measured[contender].map(value);
  const ratio = (contender: Contender, to: Contender): string =>
    showSpread(spread(ratios(of(contender, p50), of(to, p50))));
  return [
    `### ${setting.size}, ${setting.connections === 1 ? 'one connection' : `${setting.connections} connections`}`,
    {
      head: ['', 'p50 ms', 'p99 ms', 'reviews/s', 'CPU µs', 'p50 : bare, same patch', 'p50 : Pepr'],
      rows: contenders.map((contender) => [
        names[contender],
        median(of(contender, p50)).toFixed(3),
        median(of(contender, (one) => one.p99)).toFixed(2),
        median(of(contender, (one) => one.perSecond)).toFixed(0),
        median(of(contender, (one) => one.cpuMicros)).toFixed(0),
        ratio(contender, 'same'),
        ratio(contender, 'pepr'),
      ]),
    },
  ];
}

const p50 = (one: Measured): number => one.p50;

function latencyBudgets({ setting, rounds: measured }: Found): Budget[] {
  const against = (other: Contender): Spread =>
    spread(ratios(measured.tidegate.map(p50), measured[other].map(p50)));
  const budget = (what: string, limit: number, value: Spread): Budget => ({
    what: `${what}, ${setting.size}`,
    budget: `≤ ${limit.toFixed(2)} ×`,
    measured: `${showSpread(value)} ×`,
    met: value.median <= limit,
  });
  return [
    budget('p50 at one connection against a bare server', 1.25, against('same')),
    budget('p50 at one connection against Pepr', 0.5, against('pepr')),
  ];
}

type Memories = readonly { readonly name: string; readonly now: number; readonly peak: number }[];

/** Empty where the system does not tell. */
const memoryOf = ({ bare, tidegate, pepr }: Servers): Memories =>
  [
    { name: 'bare', ...memory(bare.child.pid) },
    { name: names.tidegate, ...memory(tidegate.child.pid) },
    { name: names.pepr, ...memory(pepr.child.pid) },
  ].filter((one) => 'peak' in one) as Memories;

const memoryTable = (memories: Memories): Table => ({
  head: ['memory under load, RSS', 'MB after the last round', 'MB at most'],
  rows: memories.map(({ name, now, peak }) => [name, now.toFixed(0), peak.toFixed(0)]),
});

/** MB: 10^6 bytes. */
const maxMemory = 120;

const memoryBudgets = (memories: Memories): Budget[] =>
  memories
    .filter(({ name }) => name === names.tidegate)
    .map(({ peak }) => ({
      what: 'memory of the webhook under load, at most',
      budget: `≤ ${maxMemory} MB`,
      measured: `${peak.toFixed(0)} MB`,
      met: peak <= maxMemory,
    }));
