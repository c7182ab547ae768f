/** What needs no server: changes a second through the cache, keys a second through the work queue. */
import { performance } from 'node:perf_hooks';
import type * as cacheModule from '../../../src/kube/cache.js';
import type { KubeObject } from '../../../src/kube/object.js';
import type * as podModule from '../../../src/kube/pod-projection.js';
import type * as queueModule from '../../../src/kube/workqueue.js';
import type * as clockModule from '../../../src/telemetry/clock.js';
import { built } from '../built.ts';
import { podText } from './pods.ts';

const { createCache } = await built<typeof cacheModule>('kube/cache.js');
const { createPodProjection, isSamePod, podIndexes } =
  await built<typeof podModule>('kube/pod-projection.js');
const { createWorkqueue } = await built<typeof queueModule>('kube/workqueue.js');
const { systemClock, systemRandom } = await built<typeof clockModule>('telemetry/clock.js');

export type Rates = Readonly<Record<string, number>>;

/** A second, with two indexes and one listener; the pods are parsed beforehand. */
export function cacheRates(pods: number): Rates {
  const project = createPodProjection();
  const cache = createCache<podModule.CachedPod, keyof typeof podIndexes>({
    indexes: podIndexes,
    isSame: isSamePod,
  });
  cache.subscribe(() => undefined);
  const items = Array.from({ length: pods }, (_, i) => project(JSON.parse(podText(i, 1)) as KubeObject));
  const moved = items.map((item, i) => ({ ...item, nodeName: `node-${(i + 1) % 500}` }));
  const putAll = (round: readonly podModule.CachedPod[]) => () => {
    for (const item of round) cache.put(item);
  };
  return {
    'pods added': rate(pods, putAll(items)),
    'pods that say the same': rate(pods, putAll(items.map((item) => ({ ...item })))),
    'pods that moved to another node': rate(pods, putAll(moved)),
  };
}

/** A second. */
export async function queueRates(count: number): Promise<Rates> {
  const queue = createWorkqueue({ clock: systemClock, random: systemRandom });
  const keys = Array.from({ length: count }, (_, i) => `team-${i % 50}/pod-${i}`);
  const addAll = () => {
    for (const key of keys) queue.add(key);
  };
  const added = rate(count, addAll);
  const again = rate(count, addAll);
  const startedAt = performance.now();
  for (let i = 0; i < count; i += 1) queue.done((await queue.get()) ?? '');
  const taken = count / ((performance.now() - startedAt) / 1000);
  return { 'keys added': added, 'keys added that wait already': again, 'keys taken and done': taken };
}

function rate(count: number, work: () => void): number {
  const startedAt = performance.now();
  work();
  return count / ((performance.now() - startedAt) / 1000);
}
