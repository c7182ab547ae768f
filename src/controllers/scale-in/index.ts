import { createCache } from '../../kube/cache.js';
import type { Client } from '../../kube/client.js';
import { KubeError } from '../../kube/errors.js';
import { createListWatch, type ListWatchDeps } from '../../kube/list-watch.js';
import { objectKey, type KubeObject, type ObjectKey } from '../../kube/object.js';
import { createPodProjection, isSamePod, podIndexes, type CachedPod } from '../../kube/pod-projection.js';
import { resources } from '../../kube/resource.js';
import { runWorkers } from '../../kube/workers.js';
import { createWorkqueue } from '../../kube/workqueue.js';
import type { Snapshot } from '../../placement/snapshot.js';
import type { NodeRegistry } from '../../sources/nodes.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import type { Controller } from '../controller.js';
import { applyMark, type MarkResult } from './apply.js';
import { decide, type MarkChange } from './decide.js';
import { createPodWatches } from './pod-watches.js';
import { createRevisions, isRollingOut, toRevision } from './rollouts.js';

export interface ScaleInDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly nodes: NodeRegistry;
  /** Undefined until policies are loaded: nothing is done before. */
  readonly snapshot: () => Snapshot | undefined;
  /** Called with a listener for every change of what `snapshot` answers. */
  readonly onSnapshot: (listener: () => void) => void;
  readonly observer: ScaleInObserver;
  /** Writes under way at once. Default 4: the lane's own limit keeps them to 50 a second. */
  readonly workers?: number;
}

/** For the log and the metrics. */
export interface ScaleInObserver {
  done(pod: ObjectKey, result: MarkResult): void;
  /** It will be tried again. */
  failed(pod: string, error: unknown): void;
  fault: NonNullable<ListWatchDeps<CachedPod>['onFault']>;
  /** Pods that wait to be looked at. */
  waiting(pods: number): void;
}

/**
 * Repairs marks: of pods that were bound while the webhook was away or by hand, when a policy comes, changes or goes,
 * and during rollouts. In an undisturbed cluster it writes nothing, because the mark rides in the bind.
 */
export function createScaleIn(deps: ScaleInDeps): Controller {
  const { client, clock, random, nodes, observer } = deps;
  const pods = createCache<CachedPod, 'node' | 'owner'>({ indexes: podIndexes, isSame: isSamePod });
  const revisions = createRevisions();
  const watches = createPodWatches({ client, clock, random, nodes, pods, onFault: observer.fault });
  const replicaSets = createListWatch({
    client,
    clock,
    random,
    resource: resources.replicaSets,
    project: toRevision,
    sink: revisions,
    onFault: observer.fault,
  });
  let enqueue: ((key: ObjectKey) => void) | undefined;

  const keyOf = (pod: CachedPod) => objectKey(pod.namespace, pod.name);
  const look = (pod: CachedPod): void => {
    if (changeOf(pod).kind !== 'keep') enqueue?.(keyOf(pod));
  };
  const lookAll = (some: Iterable<CachedPod>): void => {
    for (const pod of some) look(pod);
  };

  function changeOf(pod: CachedPod): MarkChange {
    const snapshot = deps.snapshot();
    if (snapshot === undefined) return { kind: 'keep', because: 'no-policy-matches' };
    const providers = nodes.get(objectKey('', pod.nodeName))?.providers;
    return decide({ pod, providers, snapshot, rollingOut: isRollingOut(pod.ownerUid, revisions) });
  }

  pods.subscribe(({ after }) => {
    if (after) look(after);
  });
  nodes.subscribe(({ after }) => {
    if (after) lookAll(pods.by('node', after.name));
  });
  revisions.subscribe(({ before, after }) => {
    const deployment = (after ?? before)?.deploymentUid ?? '';
    for (const { uid } of revisions.by('deployment', deployment)) lookAll(pods.by('owner', uid));
  });
  deps.onSnapshot(() => {
    lookAll(pods.values());
  });

  return {
    name: 'scale-in',
    async observe(signal) {
      await Promise.all([watches.run(signal), replicaSets.run(signal)]);
    },
    get hasSynced() {
      return watches.hasSynced && replicaSets.hasSynced;
    },
    async lead(term, stop) {
      const queue = createWorkqueue({
        clock,
        random,
        observer: {
          depth: (pods) => {
            observer.waiting(pods);
          },
        },
      });
      const project = createPodProjection();
      enqueue = (key) => {
        queue.add(key);
      };
      lookAll(pods.values());
      await runWorkers({
        queue,
        count: deps.workers ?? 4,
        stop,
        drop: term.signal,
        work: async (key, signal) => {
          if (!term.isValid()) return;
          const decideNow = (object: KubeObject) => changeOf(project(object));
          const result = await applyMark(key as ObjectKey, { client, decide: decideNow }, signal);
          observer.done(key as ObjectKey, result);
        },
        onError: (key, error) => {
          if (!(error instanceof KubeError && error.kind === 'conflict')) observer.failed(key, error);
        },
      });
      enqueue = undefined;
    },
  };
}
