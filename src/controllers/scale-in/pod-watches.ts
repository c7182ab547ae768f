import type { Client } from '../../kube/client.js';
import { createListWatch, promptBackoff, type ListWatch, type ListWatchDeps } from '../../kube/list-watch.js';
import type { Cache } from '../../kube/cache.js';
import { objectKey, type KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import type { Sink } from '../../kube/sink.js';
import type { NodeRegistry } from '../../sources/nodes.js';
import { whenAborted, type Clock, type Random } from '../../telemetry/clock.js';
import type { ScaleInPod } from './pods.js';

export type PodCache = Cache<ScaleInPod, 'node' | 'owner'>;

export interface PodWatchesDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly nodes: NodeRegistry;
  readonly pods: PodCache;
  /** What is kept of a pod; undefined: nothing. */
  readonly project: (pod: KubeObject) => ScaleInPod | undefined;
  /** From so many virtual nodes on, one watch of all bound pods serves them together. Default 100. */
  readonly sharedFrom?: number;
  readonly onFault?: ListWatchDeps<ScaleInPod>['onFault'];
}

export interface PodWatches {
  /** Watches until the signal aborts; settles when every watch has ended. */
  run(signal: AbortSignal): Promise<void>;
  /** Every watch that is needed now has listed once. */
  readonly hasSynced: boolean;
}

/**
 * Keeps `pods` equal to the pods on virtual nodes: a watch a node where they are few, because the API server finds
 * those pods by an index; one watch of all bound pods where there is a node a pod (Fargate). Back again only at half
 * as many, so that a cluster at the edge does not list all its pods time and again.
 */
export function createPodWatches(deps: PodWatchesDeps): PodWatches {
  const { nodes, pods, sharedFrom = 100 } = deps;
  const running = new Map<string, { readonly watch: ListWatch; readonly abort: AbortController }>();
  const unsettled = new Set<Promise<void>>();

  function start(name: string): void {
    const watch = name === shared ? watchAll(deps) : watchNode(name, deps);
    const abort = new AbortController();
    const done: Promise<void> = watch.run(abort.signal).finally(() => unsettled.delete(done));
    unsettled.add(done);
    running.set(name, { watch, abort });
  }

  function stop(name: string): void {
    running.get(name)?.abort.abort();
    running.delete(name);
    for (const { namespace, name: pod, nodeName } of [...pods.values()]) {
      if (name === shared ? !running.has(nodeName) : nodeName === name)
        pods.remove(objectKey(namespace, pod));
    }
  }

  function follow(): void {
    const isShared = nodes.size >= (running.has(shared) ? sharedFrom / 2 : sharedFrom);
    const wanted = new Set(isShared ? [shared] : [...nodes.values()].map(({ name }) => name));
    for (const name of wanted) if (!running.has(name)) start(name);
    for (const name of [...running.keys()]) if (!wanted.has(name)) stop(name);
  }

  return {
    async run(signal) {
      const unsubscribe = nodes.subscribe(follow);
      follow();
      await whenAborted(signal);
      unsubscribe();
      for (const { abort } of running.values()) abort.abort();
      await Promise.all(unsettled);
    },
    get hasSynced() {
      return [...running.values()].every(({ watch }) => watch.hasSynced);
    },
  };
}

/** The key of the one watch of all; a node's name is never empty. */
const shared = '';

function watchNode(node: string, deps: PodWatchesDeps): ListWatch {
  const { pods } = deps;
  const sink: Sink<ScaleInPod> = {
    put: (pod) => {
      pods.put(pod);
    },
    remove: (key) => {
      pods.remove(key);
    },
    keys: () => pods.by('node', node).map(({ namespace, name }) => objectKey(namespace, name)),
  };
  return watchPods(`spec.nodeName=${node}`, sink, deps);
}

const watchAll = (deps: PodWatchesDeps): ListWatch => watchPods('spec.nodeName!=', deps.pods, deps);

function watchPods(fieldSelector: string, sink: Sink<ScaleInPod>, deps: PodWatchesDeps): ListWatch {
  const { client, clock, random, project, onFault } = deps;
  return createListWatch({
    client,
    clock,
    random,
    resource: resources.pods,
    query: { fieldSelector },
    backoff: promptBackoff,
    project,
    sink,
    ...(onFault ? { onFault } : {}),
  });
}
