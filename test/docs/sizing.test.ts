import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const sizing = read('docs/sizing.md');
const benchmarks = read('docs/benchmarks.md');

/** The cells of a row of docs/benchmarks.md, below a text that comes before its table. */
function row(below: string, label: string): readonly number[] {
  const text = benchmarks.slice(benchmarks.indexOf(below));
  const line = text.split('\n').find((one) => one.startsWith(`| ${label} |`)) ?? '';
  return line.split('|').slice(2, -1).map(Number.parseFloat);
}

const small = row('### 6 KB, one connection', 'tidegate');
const large = row('### 20 KB, one connection', 'tidegate');
const rss = row('| marked pods on virtual nodes', 'peak RSS, MB');

/** Of the scheduler, beside the bare binder. */
const burst = (label: string): number => row('| 5000 pods at once', label)[1] ?? Number.NaN;

/** A row of docs/sizing.md: what it says, and what was measured by which bound. */
const claims: readonly (readonly [
  what: string,
  says: string,
  measured: number | undefined,
  bound: number,
])[] = [
  ['reviews a second on one core, CronJobs of 6 KB', 'over 800', small[2], 800],
  ['the same, 20 KB', 'over 500', large[2], 500],
  ['memory under load', 'under 0.25 GB', row('| memory under load, RSS', 'tidegate')[1], 250],
  ['memory with 10,000 marked pods on virtual nodes', 'under 0.4 GB', rss[0], 400],
  ['the same with 100,000', 'under 0.5 GB', rss[2], 500],
  [
    'until they are in step with 100,000 pods',
    'under 15 s',
    row('| marked pods on virtual nodes', 'seconds until it is in step')[2],
    15,
  ],
  ['memory while 5,000 of its pods are bound at once', 'under 0.4 GB', burst('peak RSS, MB'), 400],
  ['CPU for a pod, from its creation to its Binding', 'under 1 ms', (burst('CPU seconds') * 1000) / 5000, 1],
  [
    '2,000 pods that the webhook missed, until all are marked',
    'under 20 s',
    row('| 2000 pods landing, the webhook away', 'seconds until all are marked')[0],
    20,
  ],
];

describe('docs/sizing.md', () => {
  it.each(claims)('says of %s what was measured: %s', (what, says, measured = Number.NaN, bound) => {
    expect(sizing).toContain(`| ${what} | ${says} |`);
    if (says.startsWith('over')) expect(measured).toBeGreaterThan(bound);
    else expect(measured).toBeLessThan(bound);
  });

  it('says what one review costs', () => {
    expect(sizing).toContain('| CPU for one of 6 KB, of 20 KB | under 1.2 ms, under 1.6 ms |');
    expect(small[3]).toBeLessThan(1200);
    expect(large[3]).toBeLessThan(1600);
  });

  it('names the requests and limits of the chart', () => {
    const { webhook, controllers, scheduler } = parse(read('charts/tidegate/values.yaml')) as Record<
      'webhook' | 'controllers' | 'scheduler',
      {
        readonly resources: {
          readonly requests: Record<string, string>;
          readonly limits: Record<string, string>;
        };
      }
    >;
    const said = [...sizing.matchAll(/requests (\w+), limit (\w+)/g)].map(([, request, limit]) => [
      request,
      limit,
    ]);
    expect(said).toEqual(
      [webhook, controllers, scheduler].map(({ resources }) => [
        resources.requests['memory'],
        resources.limits['memory'],
      ]),
    );
    for (const { resources } of [webhook, scheduler])
      expect(sizing).toContain(`| requests ${resources.requests['cpu'] ?? ''} |`);
  });
});
