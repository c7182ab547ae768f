import type { Budget, Section, SectionReport, Table } from '../section.ts';
import { listAndWatch, type Found, type Pair } from './runs.ts';
import { cacheRates, queueRates, type Rates } from './single.ts';

const pods = 100_000;
const events = 100_000;
const keys = 1_000_000;

export const kubeSection: Section = {
  name: 'kube',
  title: 'List, watch, cache, queue',
  async run(note) {
    note(`${pods} pods of 4 KB, listed`);
    const list = await listAndWatch(pods, 0);
    note(`${events} events of 4 KB, watched`);
    const watch = await listAndWatch(1000, events);
    note('cache and queue');
    return report(list, watch, { ...cacheRates(pods), ...(await queueRates(keys)) });
  },
};

function report(list: Pair, watch: Pair, rates: Rates): SectionReport {
  return {
    budgets: budgets(list.ours),
    parts: [howMeasured, listTable(list), watchTable(watch), ratesTable(rates)],
  };
}

function budgets(ours: Found): readonly Budget[] {
  const perPod = ours.heapBytes / ours.items;
  const heap = ours.heapBytes / 1e6;
  const pause = ours.longestOwnPauseMs;
  return [
    {
      what: 'a cached pod, with two indexes',
      budget: '≤ 512 B',
      measured: `${perPod.toFixed(0)} B`,
      met: perPod <= 512,
    },
    { what: '100,000 cached pods', budget: '≤ 100 MB', measured: `${heap.toFixed(0)} MB`, met: heap <= 100 },
    {
      what: 'longest pause of its own making while 100,000 pods of 4 KB are listed',
      budget: '≤ 50 ms',
      measured: `${pause.toFixed(0)} ms`,
      met: pause <= 50,
    },
  ];
}

const columns = ['', 'ours', 'client-node 2.0.1', 'ours : client-node'];

function row(what: string, pair: Pair, of: (found: Found) => number, digits = 0): readonly string[] {
  const [ours, theirs] = [of(pair.ours), of(pair.clientNode)];
  return [what, ours.toFixed(digits), theirs.toFixed(digits), (ours / theirs).toFixed(3)];
}

function listTable(list: Pair): Table {
  return {
    head: [`list of ${pods} pods`, ...columns.slice(1)],
    rows: [
      row('seconds', list, ({ seconds }) => seconds, 1),
      row('CPU seconds', list, ({ cpuSeconds }) => cpuSeconds, 1),
      row('longest pause, own CPU, ms', list, ({ longestOwnPauseMs }) => longestOwnPauseMs),
      row('longest pause, by the clock, ms', list, ({ longestPauseMs }) => longestPauseMs),
      row('heap kept, bytes a pod', list, ({ heapBytes, items }) => heapBytes / items),
      row('peak RSS, MB', list, ({ peakRssMB }) => peakRssMB),
    ],
  };
}

function watchTable(watch: Pair): Table {
  return {
    head: [`watch of ${events} events`, ...columns.slice(1)],
    rows: [
      row('events a second', watch, ({ seconds }) => events / seconds),
      row('events a CPU second', watch, ({ cpuSeconds }) => events / cpuSeconds),
      row('longest pause, own CPU, ms', watch, ({ longestOwnPauseMs }) => longestOwnPauseMs),
    ],
  };
}

function ratesTable(rates: Rates): Table {
  return {
    head: ['in memory', 'a second'],
    rows: Object.entries(rates).map(([what, perSecond]) => [
      what,
      Math.round(perSecond).toLocaleString('en'),
    ]),
  };
}

const howMeasured = `One server of pods in a process of its own, over plain HTTP; each client in another, with nothing else to do. Ours lists in
pages of 250, trims each pod as it arrives and keeps it in a cache indexed by node and owner; client-node's informer lists
at once and keeps the objects. A pause by the clock counts the time in which other processes had the CPU; a pause of its
own is the most CPU that the main thread used between two turns of its event loop.`;
