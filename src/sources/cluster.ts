import { createCache } from '../kube/cache.js';
import type { Client } from '../kube/client.js';
import { createListWatch, promptBackoff, type ListWatch, type ListWatchDeps } from '../kube/list-watch.js';
import { objectKey, type KubeObject } from '../kube/object.js';
import { resources, type Resource } from '../kube/resource.js';
import type { Sink } from '../kube/sink.js';
import type { Labels } from '../objects/selector.js';
import type { Clock, Random } from '../telemetry/clock.js';
import type { NamespaceLabels } from './namespaces.js';
import { createNodeRegistry, toVirtualNode, type NodeRegistry } from './nodes.js';
import { createRivals, type Rivals } from './rivals.js';
import { createPendingPods, pendingPodQuery, toPendingPod, type PendingPods } from './pending-pods.js';

/** What decisions read of a cluster, each thing trimmed as it arrives. */
export interface ClusterView {
  readonly nodes: NodeRegistry;
  /** Empty where they are not asked for. */
  readonly pendingPods: PendingPods;
  readonly namespaceLabels: NamespaceLabels;
  /** Others that set deletion costs. Nobody waits for what is known of them: `hasSynced` does not. */
  readonly rivals: Rivals;
  /** A Namespace has come, gone or got other labels. */
  onNamespace(listener: (name: string) => void): void;
  /** Everything has been listed once. */
  readonly hasSynced: boolean;
  /** Settles when everything has been listed once, or `run` has ended. */
  whenSynced(): Promise<void>;
  /** Milliseconds since the API server last said anything, of the watch that has waited longest. */
  progressAgeMs(): number;
  /** Watches until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ClusterViewDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  /** Pods that are not bound yet: the webhook reviews their Bindings, controllers do not. */
  readonly pendingPods: boolean;
  readonly onFault?: NonNullable<ListWatchDeps<unknown>['onFault']>;
}

export function createClusterView(deps: ClusterViewDeps): ClusterView {
  const nodes = createNodeRegistry();
  const pendingPods = createPendingPods();
  const namespaces = createCache<NamespaceFacts, never>({ indexes: {}, isSame: isSameNamespace });
  const watches = [
    watch(deps, resources.nodes, toVirtualNode, nodes),
    watch(deps, resources.namespaces, toNamespaceFacts, namespaces, { metadataOnly: true }),
    ...(deps.pendingPods ? [watch(deps, resources.pods, toPendingPod, pendingPods, pendingPodQuery)] : []),
  ];
  const rivals = createRivals(deps);
  return {
    nodes,
    pendingPods,
    rivals,
    // A Namespace that is not there yet is trusted, as one that is not known: its creation may be on its way here.
    namespaceLabels: (name) => namespaces.get(objectKey('', name))?.labels,
    onNamespace: (listener) => {
      namespaces.subscribe(({ key }) => {
        listener(key);
      });
    },
    get hasSynced() {
      return watches.every((one) => one.hasSynced);
    },
    async whenSynced() {
      await Promise.all(watches.map((one) => one.whenSynced()));
    },
    progressAgeMs: () => Math.max(...watches.map((one) => one.progressAgeMs())),
    async run(signal) {
      await Promise.all([...watches, rivals].map((one) => one.run(signal)));
    },
  };
}

function watch<T>(
  { client, clock, random, onFault }: ClusterViewDeps,
  resource: Resource,
  project: (object: KubeObject) => T | undefined,
  sink: Sink<T>,
  query: ListWatchDeps<T>['query'] = {},
): ListWatch {
  return createListWatch({
    client,
    clock,
    random,
    resource,
    query,
    backoff: promptBackoff,
    project,
    sink,
    ...(onFault ? { onFault } : {}),
  });
}

interface NamespaceFacts {
  readonly namespace: '';
  readonly name: string;
  readonly labels: Labels;
}

const toNamespaceFacts = ({ metadata }: KubeObject): NamespaceFacts => ({
  namespace: '',
  name: metadata.name ?? '',
  labels: metadata.labels ?? {},
});

function isSameNamespace({ labels: a }: NamespaceFacts, { labels: b }: NamespaceFacts): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
