import { onTestFinished } from 'vitest';
import { createRunner, type Runner } from '../../src/controllers/runner.js';
import { createScaleIn } from '../../src/controllers/scale-in/index.js';
import { createClient, type Client } from '../../src/kube/client.js';
import { resources } from '../../src/kube/resource.js';
import { createTransport } from '../../src/kube/transport.js';
import type { JsonObject } from '../../src/objects/json.js';
import type { Snapshot } from '../../src/placement/snapshot.js';
import { bindingFacts } from '../../src/sources/binding.js';
import { createClusterView } from '../../src/sources/cluster.js';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { admissionMetrics, createRegistry, scaleInMetrics } from '../../src/telemetry/metrics.js';
import { webhookConfiguration } from '../../src/webhook/configuration.js';
import { createDecide, createDecideBinding } from '../../src/webhook/decide.js';
import { createHandler } from '../../src/webhook/handler.js';
import { createWebhookServer } from '../../src/webhook/server.js';
import type { BoxOptions } from '../../src/sim/server.js';
import { testBox, type TestBox } from './box.js';
import { listen } from './https.js';

/** A box with virtual and ordinary nodes, an opted-in namespace `apps`, and a ReplicaSet `web` that nobody acts on. */
export interface ScaleInCluster {
  readonly box: TestBox;
  readonly client: Client;
  /** How often pods were patched so far. */
  readonly podPatches: () => number;
  /** Pods of the ReplicaSet, not bound yet. */
  createPods(names: readonly string[], annotations?: Record<string, string>): Promise<void>;
  bind(pod: string, node: string): Promise<void>;
  /** Deletion cost and companion of every pod, by name. */
  marks(): Promise<Record<string, readonly [cost: string | undefined, companion: string | undefined]>>;
}

const cost = 'controller.kubernetes.io/pod-deletion-cost';
const companion = 'tidegate.io/deletion-cost-by';

export async function scaleInCluster(options: Partial<BoxOptions> = {}): Promise<ScaleInCluster> {
  let patches = 0;
  const box = await testBox({
    ...options,
    onRequest: ({ method, path }) => {
      if (method === 'PATCH' && path.includes('/pods/')) patches += 1;
    },
  });
  onTestFinished(() => box.close());
  const client = clientOf(box);
  await client.create(resources.namespaces, {}, optedIn);
  for (const name of ['vn-1', 'vn-2', 'w-1', 'w-2']) await client.create(resources.nodes, {}, node(name));
  const replicaSet = await client.create(resources.replicaSets, { namespace: 'apps' }, web);
  const ownerReferences = [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      name: 'web',
      uid: replicaSet.metadata.uid ?? '',
      controller: true,
    },
  ];
  return {
    box,
    client,
    podPatches: () => patches,
    async createPods(names, annotations = {}) {
      for (const name of names) {
        const metadata = { name, labels: { app: 'web' }, annotations, ownerReferences };
        const spec = { containers: [{ name: 'c', image: 'x' }] };
        await client.create(resources.pods, { namespace: 'apps' }, { metadata, spec });
      }
    },
    async bind(name, target) {
      const body = { metadata: { name }, target: { kind: 'Node', name: target } };
      await client.create(resources.pods, { namespace: 'apps', name, subresource: 'binding' }, body, {
        lane: 'binds',
      });
    },
    async marks() {
      const { items } = await client.list(resources.pods, { namespace: 'apps', limit: 1000 });
      return Object.fromEntries(
        items.map(({ metadata: { name = '', annotations = {} } }) => [
          name,
          [annotations[cost], annotations[companion]],
        ]),
      );
    },
  };
}

/** The webhook, as the API server calls it, in this process. Answers what takes it away again. */
export async function startMarking(
  { box, client }: ScaleInCluster,
  snapshot: () => Snapshot,
): Promise<() => Promise<void>> {
  const stop = new AbortController();
  const view = createClusterView({ client, clock: systemClock, random: systemRandom, pendingPods: true });
  const watching = view.run(stop.signal);
  const registry = createRegistry({ version: 'test' });
  const sources = bindingFacts(view);
  const handler = (decide: ReturnType<typeof createDecide>) =>
    createHandler({ decide, observe: () => undefined, clock: systemClock });
  const keys = box.serverCertificate(['127.0.0.1']);
  const { server } = createWebhookServer({
    routes: {
      '/mutate': handler(createDecide(snapshot)),
      '/mutate/binding': handler(createDecideBinding(snapshot, sources, scaleInMetrics(registry))),
    },
    tls: { cert: keys.certificate, key: keys.key },
    log: createLogger({ component: 'test', level: 'silent' }),
    metrics: admissionMetrics(registry),
  });
  const port = await listen(server);
  const configuration = webhookConfiguration({
    name: 'tidegate',
    url: `https://127.0.0.1:${port}`,
    caBundle: box.caBundle,
  });
  await client.create(resources.mutatingWebhooks, {}, configuration);
  while (!view.hasSynced) await systemClock.sleep(10);
  const end = async () => {
    stop.abort();
    await watching;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(end);
  return async () => {
    await client.delete(resources.mutatingWebhooks, { name: 'tidegate' });
  };
}

export interface RunningController {
  readonly runner: Runner;
  /** The process ends in good order. */
  stop(): Promise<void>;
  /** The process dies: nothing it does reaches the API server any more. */
  kill(): Promise<void>;
  /** Tells it that other policies serve. */
  changed(): void;
}

/** `tidegate controllers`, in this process. Its lease is ten times as short as a real one's. */
export function startController(
  { box }: ScaleInCluster,
  snapshot: () => Snapshot,
  identity = 'one',
): RunningController {
  const stop = new AbortController();
  const transport = createTransport(connectionOf(box));
  const client = createClient({ transport, clock: systemClock, random: systemRandom });
  const parts = { client, clock: systemClock, random: systemRandom };
  const view = createClusterView({ ...parts, pendingPods: false });
  const listeners: (() => void)[] = [];
  const scaleIn = createScaleIn({
    ...parts,
    nodes: view.nodes,
    rivals: view.rivals,
    isSynced: () => view.hasSynced,
    snapshot,
    onSnapshot: (listener) => listeners.push(listener),
    observer: {
      done: ignore,
      marked: ignore,
      failed: ignore,
      fault: ignore,
      waiting: ignore,
      leftAlone: ignore,
      conflict: ignore,
    },
  });
  const durations = { leaseMs: 1500, renewMs: 1000, retryMs: 200 };
  const lease = { namespace: 'default', name: 'tidegate-controllers', identity, durations };
  const runner = createRunner({
    ...parts,
    controllers: [scaleIn],
    lease,
    onLeading: ignore,
    onFault: ignore,
  });
  const running = Promise.all([view.run(stop.signal), runner.run(stop.signal)]);
  const end = async () => {
    stop.abort();
    await running;
    await transport.close();
  };
  onTestFinished(end);
  return {
    runner,
    stop: end,
    kill: () => transport.close(),
    changed: () => {
      for (const listener of listeners) listener();
    },
  };
}

const ignore = () => undefined;

const connectionOf = (box: TestBox) => ({
  server: box.url,
  namespace: 'default',
  access: () =>
    Promise.resolve({ headers: { authorization: `Bearer ${box.token}` }, tls: { ca: box.caBundle } }),
  renew: ignore,
});

function clientOf(box: TestBox): Client {
  const transport = createTransport(connectionOf(box));
  onTestFinished(() => transport.close());
  const limits = { writes: { perSecond: 1000, burst: 2000, inFlight: 64 } };
  return createClient({ transport, clock: systemClock, random: systemRandom, limits });
}

const optedIn: JsonObject = {
  metadata: { name: 'apps', labels: { 'tidegate.io/virtual-nodes': 'enabled' } },
};

/** `vn-…` as ack-virtual-node registers one, anything else ordinary. */
const node = (name: string): JsonObject =>
  name.startsWith('vn-')
    ? {
        metadata: { name, labels: { type: 'virtual-kubelet' } },
        spec: {
          taints: [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' }],
        },
      }
    : { metadata: { name } };

const web: JsonObject = {
  metadata: { name: 'web' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
  },
};
