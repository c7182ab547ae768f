import { expect, it } from 'vitest';
import { stageLimits } from '../../../../src/sim/scenario/limits.js';

/** 5,000 at once, each stage alone: two calls and an event a run at 20/s; 50 binds/s; 10 pods/s a virtual node. */
const computed: readonly (readonly [string, number, number])[] = [
  ['CronJob controller', 500, 750],
  ['Job controller', 500, 750],
  ['kube-scheduler', 98 * 0.9, 98 * 1.1],
  ['kube-scheduler, QPS raised', 12, 19],
  ['1 virtual node', 490 * 0.9, 490 * 1.1],
  ['10 virtual nodes', 40 * 0.9, 40 * 1.1],
  ['50 virtual nodes', 0, 0],
];

it('5,000 at once take in each stage what its limits let one compute', async () => {
  const limits = await stageLimits(5000);
  const outside = computed.filter(([stage, least, most]) => {
    const seconds = (limits.find((limit) => limit.stage === stage)?.ms ?? NaN) / 1000;
    return !(seconds >= least && seconds <= most);
  });
  expect(outside).toEqual([]);
  expect(limits).toHaveLength(computed.length);
}, 60_000);
