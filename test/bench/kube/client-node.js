// The informer of @kubernetes/client-node: `node --expose-gc client-node.js <server> <pods> <events>`.
import process from 'node:process';
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { measure } from './measure.js';

const [server, , events] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const config = new KubeConfig();
config.loadFromClusterAndUser({ name: 'bench', server, skipTLSVerify: true }, { name: 'bench' });
const api = config.makeApiClient(CoreV1Api);
await api.listPodForAllNamespaces({ limit: 1 });

const result = await measure(async () => {
  const informer = makeInformer(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
  informer.on('error', (error) => process.stderr.write(`${String(error)}\n`));
  let updated = 0;
  const done = new Promise((resolve) => {
    informer.on('update', () => {
      updated += 1;
      if (updated === events) resolve();
    });
  });
  await informer.start();
  if (events > 0) await done;
  return informer;
});

const { kept, ...figures } = result;
process.send({ ...figures, items: kept.list().length }, () => process.exit());
