/**
 * The obvious way to mark pods: @kubernetes/client-node's informer over all pods, and a PATCH for each that is on a
 * virtual node without a mark. `node annotator.ts <kubeconfig>`; says `annotator runs` when its list is complete.
 */
import {
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Pod,
} from '@kubernetes/client-node';

const cost = 'controller.kubernetes.io/pod-deletion-cost';
const [, , file = ''] = process.argv;
const config = new KubeConfig();
config.loadFromFile(file);
const api = config.makeApiClient(CoreV1Api);

function mark({ metadata, spec }: V1Pod): void {
  if (spec?.nodeName?.startsWith('vn-') !== true || metadata?.annotations?.[cost] !== undefined) return;
  const name = metadata?.name ?? '';
  const namespace = metadata?.namespace ?? '';
  const body = { metadata: { annotations: { [cost]: '-100' } } };
  api
    .patchNamespacedPod({ name, namespace, body }, setHeaderOptions('Content-Type', PatchStrategy.MergePatch))
    .catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
    });
}

const informer = makeInformer(config, '/api/v1/pods', () => api.listPodForAllNamespaces());
informer.on('add', mark);
informer.on('update', mark);
await informer.start();
process.stdout.write('annotator runs\n');
