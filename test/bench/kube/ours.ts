/** The list/watch of src/kube into its cache: `node --expose-gc ours.ts <server> <pods> <events>`. */
import type * as cacheModule from '../../../src/kube/cache.js';
import type * as clientModule from '../../../src/kube/client.js';
import type * as listWatchModule from '../../../src/kube/list-watch.js';
import type * as podModule from '../../../src/kube/pod-projection.js';
import type * as resourceModule from '../../../src/kube/resource.js';
import type * as transportModule from '../../../src/kube/transport.js';
import type * as clockModule from '../../../src/telemetry/clock.js';
import { built } from '../built.ts';
import { measure } from './measure.ts';

const { createCache } = await built<typeof cacheModule>('kube/cache.js');
const { createClient } = await built<typeof clientModule>('kube/client.js');
const { createListWatch } = await built<typeof listWatchModule>('kube/list-watch.js');
const { createPodProjection, podIndexes } = await built<typeof podModule>('kube/pod-projection.js');
const { resources } = await built<typeof resourceModule>('kube/resource.js');
const { createTransport } = await built<typeof transportModule>('kube/transport.js');
const { systemClock: clock, systemRandom: random } = await built<typeof clockModule>('telemetry/clock.js');

const [server = '', pods, events] = process.argv.slice(2);
const transport = createTransport({
  server,
  namespace: 'default',
  access: () => Promise.resolve({ headers: {}, tls: {} }),
  renew: () => undefined,
});
const client = createClient({ transport, clock, random });
await client.list(resources.pods, { limit: 1 });

const { kept, figures } = await measure(async () => {
  const cache = createCache<podModule.CachedPod, keyof typeof podIndexes>({ indexes: podIndexes });
  const all = changes(cache, Number(pods) + Number(events));
  const listWatch = createListWatch({
    client,
    clock,
    random,
    resource: resources.pods,
    project: createPodProjection(),
    sink: cache,
  });
  void listWatch.run(new AbortController().signal);
  await (Number(events) > 0 ? all : listWatch.whenSynced());
  return cache;
});
process.send?.({ ...figures, items: kept.size }, () => process.exit());

function changes(cache: cacheModule.Cache<podModule.CachedPod, never>, count: number): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    cache.subscribe(() => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
}
