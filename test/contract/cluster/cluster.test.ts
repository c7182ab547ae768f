import { afterAll, beforeAll, describe, it } from 'vitest';
import { clusters } from '../../support/cluster.js';
import type { Cluster } from '../../support/cluster.js';
import { areas } from './areas/index.js';
import { apiOf } from './behaviour.js';
import type { Api, Declare, Need } from './behaviour.js';

const { given, absent } = clusters();
const report: string[] = [];

describe.each(given)('on $name', ({ name, start }) => {
  let cluster: Cluster;
  let api: Api;
  const counts = { ran: 0 };
  const skipped = new Map<string, number>();

  beforeAll(async () => {
    cluster = await start();
    api = apiOf(cluster);
  }, 180_000);
  afterAll(async () => {
    await api.close();
    await cluster.stop();
    const reasons = [...skipped].map(([why, count]) => `, ${count} skipped: ${why}`);
    report.push(`contract suite: ${counts.ran} behaviours on ${name}${reasons.join('')}`);
  }, 60_000);

  describe.each(areas)('$area', ({ behaviours }) => {
    const declare: Declare = (sentence, show, need) => {
      it(sentence, { timeout: 120_000 }, async (context) => {
        const needs = need === undefined ? [] : [need].flat();
        const why = needs.map((one) => lacking(cluster, one)).find((reason) => reason !== undefined);
        if (why !== undefined) {
          skipped.set(why, (skipped.get(why) ?? 0) + 1);
          context.skip(why);
        }
        counts.ran++;
        await show(api);
      });
    };
    behaviours(declare);
  });
});

afterAll(() => {
  if (absent !== undefined) report.push(`contract suite: not run on a real API server (${absent})`);
  process.stdout.write(`${report.join('\n')}\n`);
});

function lacking(cluster: Cluster, need: Need): string | undefined {
  if (need === 'controllers' && !cluster.controllers) return 'no kube-controller-manager runs';
  if (need === 'forget' && cluster.forget === undefined) return 'its history cannot be taken away';
  return need === 'webhooks' && cluster.webhookHost === undefined ? 'it cannot call this machine' : undefined;
}
