import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/objects/json.js';
import { policy } from '../support/policy.js';
import { overflowing, simCluster, type SimCluster } from '../support/sim-cluster.js';
import { snapshot } from '../support/snapshot.js';

const placement = { type: 'PreferReal', providers: [{ name: 'alibaba-eci' }] };

async function nearlyFull(invertOnRollout: boolean): Promise<SimCluster> {
  const serving = snapshot([policy('p', { placement, scaleIn: { invertOnRollout } })]);
  const on = await simCluster({ seed: 1, snapshot: () => serving });
  for (const name of ['w-1', 'w-2', 'w-3', 'w-4']) await on.addNode(name, '8');
  for (const name of ['vn-1', 'vn-2']) await on.addNode(name, '1000', 'virtual');
  on.startController();
  await on.pass(5);
  await on.api.create('deployments.apps', web('app:1'));
  await on.pass(60);
  return on;
}

/** No old pod goes before a new one is ready: what goes at once goes before anybody can turn its mark round. */
function web(image: string): JsonObject {
  const { spec, ...rest } = overflowing('web', 36, { image });
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 4, maxUnavailable: 0 } };
  return { ...rest, spec: { ...(spec as JsonObject), strategy } };
}

const release = (on: SimCluster, image: string) =>
  on.api.patch('deployments.apps', 'apps', 'web', { spec: web(image)['spec'] });

const virtual = (on: SimCluster) => on.pods().filter(({ spec }) => spec.nodeName?.startsWith('vn-'));

describe('a rollout', () => {
  it('drifts onto virtual nodes less where old pods there go last, and leaves no mark turned round', async () => {
    const drift = async (invertOnRollout: boolean): Promise<number> => {
      const on = await nearlyFull(invertOnRollout);
      for (const image of ['app:2', 'app:3', 'app:4']) {
        await release(on, image);
        await on.pass(120);
      }
      expect(on.pods()).toHaveLength(36);
      for (const { metadata } of virtual(on)) expect(on.mark(metadata.name)).toEqual(['-100', 'p:-100']);
      return virtual(on).length;
    };
    const [plain, inverted] = [await drift(false), await drift(true)];
    expect(inverted).toBeLessThan(plain);
  });

  it('turns the marks of old pods round while it lasts, and no others', async () => {
    const on = await nearlyFull(true);
    const old = new Set(on.pods().map(({ metadata }) => metadata.uid));
    await release(on, 'app:2');
    const seen = new Set<string>();
    for (let i = 0; i < 200; i += 1) {
      await on.pass(0.1);
      for (const { metadata } of virtual(on)) {
        seen.add(`${old.has(metadata.uid) ? 'old' : 'new'} ${on.mark(metadata.name)[0] ?? 'none'}`);
      }
    }
    expect([...seen].sort()).toEqual(['new -100', 'old 100']);
  });
});
