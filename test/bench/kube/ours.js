// The list/watch of src/kube into its cache: `node --expose-gc ours.js <server> <pods> <events>`.
import process from 'node:process';
import { createCache } from '../../../dist/kube/cache.js';
import { createClient } from '../../../dist/kube/client.js';
import { createListWatch } from '../../../dist/kube/list-watch.js';
import { createPodProjection, podIndexes } from '../../../dist/kube/pod-projection.js';
import { resources } from '../../../dist/kube/resource.js';
import { createTransport } from '../../../dist/kube/transport.js';
import { systemClock, systemRandom } from '../../../dist/telemetry/clock.js';
import { measure } from './measure.js';

const [server, pods, events] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const connection = {
  server,
  namespace: 'default',
  access: () => Promise.resolve({ headers: {}, tls: {} }),
  renew: () => undefined,
};
const base = { clock: systemClock, random: systemRandom };
const client = createClient({ ...base, transport: createTransport(connection) });
await client.list(resources.pods, { limit: 1 });

const result = await measure(async () => {
  const cache = createCache({ indexes: podIndexes });
  const listWatch = createListWatch({
    ...base,
    client,
    resource: resources.pods,
    project: createPodProjection(),
    sink: cache,
    onFault: (error) => process.stderr.write(`${error.message}\n`),
  });
  void listWatch.run(new globalThis.AbortController().signal);
  if (events > 0) await seen(cache, events);
  else await listWatch.whenSynced();
  return cache;
});

function seen(cache, count) {
  return new Promise((resolve) => {
    let left = count + pods;
    cache.subscribe(() => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
}

const { kept, ...figures } = result;
process.send({ ...figures, items: kept.size }, () => process.exit());
