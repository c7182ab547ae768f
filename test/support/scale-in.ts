import { onTestFinished } from 'vitest';
import type { Client } from '../../src/kube/client.js';
import { resources } from '../../src/kube/resource.js';
import type { JsonObject } from '../../src/objects/json.js';
import type { Snapshot } from '../../src/placement/snapshot.js';
import type { BoxOptions } from '../../src/sim/server.js';
import { testBox, type TestBox } from './box.js';
import { clientOf, startControllerOn, startMarkingOn, type RunningController } from './tidegate.js';

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
export const startMarking = (
  { box }: ScaleInCluster,
  snapshot: () => Snapshot,
): Promise<() => Promise<void>> => startMarkingOn(box, snapshot);

/** `tidegate controllers`, in this process. */
export const startController = (
  { box }: ScaleInCluster,
  snapshot: () => Snapshot,
  identity = 'one',
): RunningController => startControllerOn(box, snapshot, { identity });

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
