import fc from 'fast-check';
import { expect, it } from 'vitest';
import { schedulerCluster, type RunningScheduler, type SchedulerCluster } from '../support/scheduler.js';

type Step =
  | { readonly kind: 'jobs'; readonly count: number }
  | { readonly kind: 'pass'; readonly tenths: number }
  | { readonly kind: 'kill' }
  | { readonly kind: 'cut'; readonly how: 'cut' | 'expire' }
  | { readonly kind: 'stock'; readonly cloud: 'eci' | 'tke'; readonly left: number | undefined }
  | { readonly kind: 'away'; readonly seconds: number }
  | { readonly kind: 'cordon'; readonly node: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('jobs'), count: fc.integer({ min: 1, max: 60 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass'), tenths: fc.integer({ min: 0, max: 300 }) }),
  },
  fc.record({ kind: fc.constant('kill') }),
  fc.record({ kind: fc.constant('cut'), how: fc.constantFrom('cut', 'expire') }),
  fc.record({
    kind: fc.constant('stock'),
    cloud: fc.constantFrom('eci', 'tke'),
    left: fc.constantFrom(0, 5, undefined),
  }),
  fc.record({ kind: fc.constant('away'), seconds: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ kind: fc.constant('cordon'), node: fc.integer({ min: 0, max: 2 }) }),
);

/** Plays the steps, then lets everything that was broken be whole again, and waits. */
async function play(seed: number, steps: readonly Step[]): Promise<SchedulerCluster> {
  const on = await schedulerCluster(seed);
  for (const i of [0, 1, 2]) {
    await on.addNode(`eci-${i}`, { cloud: 'eci', pods: '40' });
    await on.addNode(`tke-${i}`, { cloud: 'tke', pods: '40' });
  }
  await on.addNode('w-0', { cpu: '20', labels: { 'tidegate.io/fallback': 'enabled' } });
  const state: { current: RunningScheduler; starts: number; waves: number } = {
    current: on.start('s-0'),
    starts: 1,
    waves: 0,
  };
  const cordoned = new Set<string>();
  const cordon = (name: string, unschedulable: boolean) =>
    on.api.patch('nodes', '', name, { spec: { unschedulable } });
  const plays: { readonly [K in Step['kind']]: (one: Extract<Step, { kind: K }>) => Promise<unknown> } = {
    jobs: ({ count }) => on.addJobs(count, undefined, undefined, `wave-${(state.waves += 1)}`),
    pass: ({ tenths }) => on.pass(tenths / 10),
    kill: () => {
      state.current.kill();
      state.current = on.start(`s-${(state.starts += 1)}`);
      return Promise.resolve();
    },
    cut: ({ how }) => {
      state.current.client.interrupt(how);
      return Promise.resolve();
    },
    stock: ({ cloud, left }) => {
      on.stock[cloud].set('a', '*', left);
      return Promise.resolve();
    },
    away: async ({ seconds }) => {
      state.current.client.setReachable(false);
      await on.pass(seconds);
      state.current.client.setReachable(true);
    },
    cordon: async ({ node }) => {
      cordoned.add(`eci-${node}`);
      await cordon(`eci-${node}`, true);
    },
  };
  for (const one of steps) await (plays[one.kind] as (step: Step) => Promise<unknown>)(one);
  for (const name of cordoned) await cordon(name, false);
  for (const cloud of ['eci', 'tke'] as const) on.stock[cloud].set('a', '*', undefined);
  await on.pass(2400);
  return on;
}

it(
  'ends every Job well and binds no pod twice, whatever goes wrong meanwhile',
  { timeout: 300_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.array(step, { minLength: 3, maxLength: 25 }), async (seed, steps) => {
        const on = await play(seed, steps);
        const jobs = on.door.all('jobs.batch');
        expect(jobs.filter(({ status }) => (status?.failed ?? 0) > 0)).toEqual([]);
        expect(jobs.filter(({ status }) => status?.succeeded !== 1)).toEqual([]);
        expect([...on.binds.values()].filter((times) => times !== 1)).toEqual([]);
      }),
      { numRuns: Number(process.env['TIDEGATE_RUNS'] ?? 12), seed: 42 },
    );
  },
);
