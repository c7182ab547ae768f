import { fork } from 'node:child_process';
import type { Section, SectionReport } from '../section.ts';
import type { Found } from './worker.ts';

export const admitSection: Section = {
  name: 'admit',
  title: 'admit()',
  async run(note) {
    note('one call, many policies');
    return report(await measure());
  },
};

function measure(): Promise<readonly Found[]> {
  return new Promise((resolve, reject) => {
    const worker = fork(new URL('worker.ts', import.meta.url).pathname);
    const kill = () => worker.kill('SIGKILL');
    process.once('exit', kill);
    worker.once('message', (found) => {
      resolve(found as readonly Found[]);
      kill();
    });
    worker.once('exit', () => {
      process.off('exit', kill);
      reject(new Error('the worker ended without a result'));
    });
  });
}

const limit = 50;

function report(found: readonly Found[]): SectionReport {
  const many = found.filter(({ size, policies }) => size === '20 KB' && policies === 500);
  const [one] = found.filter(({ size, policies }) => size === '20 KB' && policies === 1);
  const [other] = many.filter(({ miss }) => miss === 'kind');
  const growth = (other?.p50 ?? Number.NaN) / (one?.p50 ?? Number.NaN);
  return {
    budgets: [
      ...many.map(({ p50, miss }) => ({
        what: `admit() of a 20 KB CronJob, 500 policies, 499 of another ${miss}`,
        budget: `≤ ${limit} µs`,
        measured: `${p50.toFixed(0)} µs`,
        met: p50 <= limit,
      })),
      {
        what: 'the same at 500 policies against 1, of another kind',
        budget: '≤ 1.10 ×',
        measured: `${growth.toFixed(2)} ×`,
        met: growth <= 1.1,
      },
    ],
    parts: [
      howMeasured,
      {
        head: [
          'review',
          'policies',
          'the others are for',
          'p50 µs',
          'CPU µs',
          '`JSON.parse` p50 µs',
          'CPU : `JSON.parse`',
        ],
        rows: found.map(({ size, policies, miss, p50, cpu, parse }) => [
          size,
          String(policies),
          policies === 1 ? '–' : `another ${miss}`,
          p50.toFixed(0),
          cpu.toFixed(0),
          parse.p50.toFixed(0),
          (cpu / parse.cpu).toFixed(2),
        ]),
      },
    ],
  };
}

const howMeasured = `The whole of a review but \`JSON.parse\` before and \`JSON.stringify\` after it: envelope, selection, gate, merge, record, the
patch applied and written. The policy that matches is the one of the section above, and is asked last. p50 is that of
single calls by the clock; CPU is the mean with garbage collection, in rounds that go through all rows in turn. The last
column holds the CPU against that of \`JSON.parse\` of the same review in the same round, which no other load on the
machine changes much.`;
