import { createCache, type Cache } from '../kube/cache.js';
import type { Client } from '../kube/client.js';
import { createListWatch, promptBackoff, type ListWatch, type ListWatchDeps } from '../kube/list-watch.js';
import { identityOf, objectKey, type KubeObject, type ObjectKey } from '../kube/object.js';
import { resources, type Resource } from '../kube/resource.js';
import type { Sink } from '../kube/sink.js';
import { isSameAmount, podRequests, type SizedStatus } from '../objects/resources.js';
import type { Clock, Random } from '../telemetry/clock.js';
import { toBoundPod, type BoundPod } from './bound-pod.js';
import { isSameNode, toSchedulerNode, type PoolLabel, type SchedulerNode } from './node.js';
import type { SchedulerObserver } from './observer.js';
import { hostPortsOf, toSchedulerPod, type PodSpec, type SchedulerPod } from './pod.js';
import type { Taken } from './rooms.js';
import { toJobTimes, type JobTimes } from './times.js';

export interface WatchesDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Pick<SchedulerObserver, 'fault'>;
  /** `spec.schedulerName` of the pods that are this scheduler's. */
  readonly name: string;
  readonly pool: PoolLabel;
}

/** What is seen of the cluster. */
export interface Watches {
  readonly unbound: Cache<SchedulerPod, never>;
  readonly bound: Cache<BoundPod, 'node'>;
  /** Pods of other schedulers, for the room that they take. */
  readonly others: Cache<OtherPod, never>;
  readonly nodes: Cache<SchedulerNode, never>;
  readonly jobs: Cache<JobTimes, never>;
  readonly hasSynced: boolean;
  run(signal: AbortSignal): Promise<void>;
}

export interface OtherPod extends Taken {
  readonly namespace: string;
  readonly name: string;
}

export function createWatches(deps: WatchesDeps): Watches {
  const { name } = deps;
  const unbound = createCache<SchedulerPod, never>({ indexes: {} });
  const bound = createCache<BoundPod, 'node'>({ indexes: { node: ({ node }) => node } });
  const others = createCache<OtherPod, never>({ indexes: {}, isSame: isSameTaken });
  const nodes = createCache<SchedulerNode, never>({ indexes: {}, isSame: isSameNode });
  const jobs = createCache<JobTimes, never>({ indexes: {}, isSame: (a, b) => a.uid === b.uid });
  const toJob = toJobTimes(() => (jobWatch.hasSynced ? deps.clock.now() : undefined));
  const jobWatch: ListWatch = watch(deps, resources.jobs, toJob, jobs, { metadataOnly: true });
  const watches = [
    jobWatch,
    watch(deps, resources.nodes, toSchedulerNode(deps.pool), nodes),
    watch(deps, resources.pods, toOwnPod, ownPods(unbound, bound), selecting(`spec.schedulerName=${name}`)),
    watch(
      deps,
      resources.pods,
      toOtherPod,
      others,
      selecting(`spec.schedulerName!=${name},spec.nodeName!=,status.phase!=Succeeded,status.phase!=Failed`),
    ),
  ];
  return {
    unbound,
    bound,
    others,
    nodes,
    jobs,
    get hasSynced() {
      return watches.every((one) => one.hasSynced);
    },
    async run(signal) {
      await Promise.all(watches.map((one) => one.run(signal)));
    },
  };
}

/** Pods are resized in place. */
const isSameTaken = (a: Taken, b: Taken): boolean =>
  a.uid === b.uid && a.node === b.node && isSameAmount(a.requests, b.requests);

export const podKey = ({ namespace, name }: OtherPod | BoundPod | SchedulerPod): ObjectKey =>
  objectKey(namespace, name);

type OwnPod = { readonly bound: BoundPod } | { readonly unbound: SchedulerPod };

const toOwnPod = (object: KubeObject): OwnPod =>
  isBound(object) ? { bound: toBoundPod(object) } : { unbound: toSchedulerPod(object) };

const isBound = ({ spec }: KubeObject): boolean =>
  ((spec ?? {}) as { nodeName?: string }).nodeName !== undefined;

/**
 * One watch for both: a Binding is one event of it, not the end of a pod in one watch and the beginning in another, and
 * the API server lets it fall further behind than one that selects `spec.nodeName=` (apiserver,
 * cacher/watch_cache.go suggestedWatchChannelSize) before it ends it.
 */
const ownPods = (unbound: Watches['unbound'], bound: Watches['bound']): Sink<OwnPod> => ({
  put(item) {
    if ('bound' in item) {
      bound.put(item.bound);
      unbound.remove(podKey(item.bound));
    } else {
      bound.remove(podKey(item.unbound));
      unbound.put(item.unbound);
    }
  },
  remove(key) {
    unbound.remove(key);
    bound.remove(key);
  },
  *keys() {
    yield* unbound.keys();
    yield* bound.keys();
  },
});

const selecting = (fieldSelector: string) => ({ fieldSelector });

function watch<T>(
  { client, clock, random, observer }: WatchesDeps,
  resource: Resource,
  project: (object: KubeObject) => T | undefined,
  sink: Sink<T>,
  query: NonNullable<ListWatchDeps<T>['query']> = {},
): ListWatch {
  const { fault: onFault } = observer;
  return createListWatch({
    ...{ client, clock, random, resource, query, project, sink, onFault },
    backoff: promptBackoff,
  });
}

function toOtherPod(object: KubeObject): OtherPod {
  const { metadata, spec } = object;
  const pod = (spec ?? {}) as PodSpec & { readonly nodeName?: string };
  return {
    ...identityOf(metadata),
    node: pod.nodeName ?? '',
    requests: podRequests(pod, (object['status'] ?? {}) as SizedStatus),
    hostPorts: hostPortsOf(pod),
  };
}
