/** The informer of @kubernetes/client-node: `node --expose-gc client-node.ts <server> <pods> <events>`. */
import { CoreV1Api, KubeConfig, makeInformer } from '@kubernetes/client-node';
import { measure } from './measure.ts';

const [server = '', , events] = process.argv.slice(2);
const config = new KubeConfig();
config.loadFromClusterAndUser({ name: 'bench', server, skipTLSVerify: true }, { name: 'bench' });
const api = config.makeApiClient(CoreV1Api);
await api.listPodForAllNamespaces({ limit: 1 });

const { kept, figures } = await measure(async () => {
  const informer = makeInformer(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
  let left = Number(events);
  const all = new Promise<void>((resolve) => {
    informer.on('update', () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
  await informer.start();
  if (left > 0) await all;
  return informer;
});
process.send?.({ ...figures, items: kept.list().length }, () => process.exit());
