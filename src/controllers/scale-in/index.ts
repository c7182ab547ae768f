import { createCache } from '../../kube/cache.js';
import type { Client } from '../../kube/client.js';
import { createListWatch, type ListWatchDeps } from '../../kube/list-watch.js';
import { objectKey, type KubeObject, type ObjectKey } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { carried } from '../../placement/mark.js';
import type { Snapshot } from '../../placement/snapshot.js';
import type { RivalReason } from '../../policy/reasons.js';
import type { NodeRegistry } from '../../sources/nodes.js';
import type { Rivals } from '../../sources/rivals.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import type { Controller } from '../controller.js';
import type { MarkResult } from './apply.js';
import { decide, type MarkChange, type MarkedNode } from './decide.js';
import { createLeftAlone } from './left-alone.js';
import { createPodReader, isMarkable, isSamePod, scaleInIndexes, type ScaleInPod } from './pods.js';
import { createPodWatches } from './pod-watches.js';
import { createRevisions, isRollingOut, topOwner, toRevision } from './rollouts.js';
import { createSweep } from './sweep.js';
import { createTerm, type MarkTerm } from './term.js';

export interface ScaleInDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly nodes: NodeRegistry;
  readonly rivals: Pick<Rivals, 'of' | 'onChange' | 'hasSettled'>;
  /** Nodes and Namespaces have been listed: before that a missing one means nothing. */
  readonly isSynced: () => boolean;
  /** Undefined until policies are loaded: nothing is done before. */
  readonly snapshot: () => Snapshot | undefined;
  /** Called with a listener for every change of what `snapshot` answers. */
  readonly onSnapshot: (listener: () => void) => void;
  readonly observer: ScaleInObserver;
  /** Pods in work at once. Default 16, as many as the lane lets be under way. */
  readonly workers?: number;
}

/** For the log, the metrics and the events. */
export interface ScaleInObserver {
  done(pod: ObjectKey, result: MarkResult): void;
  /** A first mark, so long after the bind. */
  marked(afterBindMs: number): void;
  /** It will be tried again. */
  failed(pod: string, error: unknown): void;
  fault: NonNullable<ListWatchDeps<ScaleInPod>['onFault']>;
  /** Pods whose mark is not yet what it should be. */
  waiting(pods: number): void;
  /** Pods whose deletion cost is left to another manager. */
  leftAlone(reason: RivalReason, pods: number): void;
  /** One more of them; `owner` is the Deployment where there is one. */
  conflict(owner: ReturnType<typeof topOwner>, namespace: string, reason: RivalReason): void;
}

/**
 * Repairs marks: of pods that were bound while the webhook was away or by hand, when a policy comes, changes or goes,
 * and during rollouts. In an undisturbed cluster it writes nothing, because the mark rides in the bind.
 */
export function createScaleIn(deps: ScaleInDeps): Controller {
  const { client, clock, random, nodes, rivals, observer } = deps;
  const readPod = createPodReader();
  const pods = createCache<ScaleInPod, 'node' | 'owner'>({ indexes: scaleInIndexes, isSame: isSamePod });
  const revisions = createRevisions();
  const project = (object: KubeObject): ScaleInPod | undefined => {
    const pod = readPod(object);
    return isMarkable(pod) ? pod : undefined;
  };
  const onFault = observer.fault;
  const watches = createPodWatches({ client, clock, random, nodes, pods, project, onFault });
  const replicaSets = createListWatch({
    ...{ client, clock, random, onFault },
    resource: resources.replicaSets,
    project: toRevision,
    sink: revisions,
  });
  const leftAlone = createLeftAlone((reason, count) => {
    observer.leftAlone(reason, count);
  });
  let term: MarkTerm | undefined;

  const keyOf = (pod: ScaleInPod) => objectKey(pod.namespace, pod.name);
  const nodeOf = (name: string): MarkedNode | undefined => nodes.get(objectKey('', name));

  function changeOf(pod: ScaleInPod, node = nodeOf(pod.nodeName)): MarkChange {
    const snapshot = deps.snapshot();
    if (snapshot === undefined) return { kind: 'keep', because: 'no-policy-matches' };
    const rollingOut = isRollingOut(pod.owner.uid, revisions);
    const rival = node && rivals.of({ ...pod, byKarpenter: node.byKarpenter });
    return decide({ pod, node, snapshot, rollingOut, rival });
  }

  function look(pod: ScaleInPod): void {
    if (term === undefined) return;
    const change = changeOf(pod);
    const news = leftAlone.note(keyOf(pod), change.kind === 'mark' ? 'marked' : change.because);
    if (news !== undefined) observer.conflict(topOwner(pod.owner, revisions), pod.namespace, news);
    // Whether its node is gone or ordinary by now only the API server knows.
    const isStray = nodeOf(pod.nodeName) === undefined && carried(pod).by === 'us';
    if (change.kind !== 'keep' || isStray) term.add(keyOf(pod));
  }
  const lookAll = (some: Iterable<ScaleInPod>): void => {
    for (const pod of some) look(pod);
  };
  const sweep = createSweep(
    () => pods.keys(),
    (key) => {
      const pod = pods.get(key);
      if (pod !== undefined) look(pod);
    },
  );
  const lookAtAll = (): void => {
    if (term !== undefined) sweep.request(term.signal);
  };

  pods.subscribe(({ key, after }) => {
    if (after) look(after);
    else leftAlone.forget(key);
  });
  nodes.subscribe(({ key }) => {
    lookAll(pods.by('node', key));
  });
  revisions.subscribe(({ before, after }) => {
    const deployment = (after ?? before)?.deploymentUid ?? '';
    for (const { uid } of revisions.by('deployment', deployment)) lookAll(pods.by('owner', uid));
  });
  rivals.onChange((namespace) => {
    if (namespace === undefined) lookAtAll();
    else lookAll(pods.inNamespace(namespace));
  });
  deps.onSnapshot(lookAtAll);

  const isSynced = () => deps.isSynced() && rivals.hasSettled && watches.hasSynced && replicaSets.hasSynced;

  return {
    name: 'scale-in',
    async observe(signal) {
      await Promise.all([watches.run(signal), replicaSets.run(signal)]);
    },
    get hasSynced() {
      return watches.hasSynced && replicaSets.hasSynced;
    },
    async lead(office, stop) {
      const ended = AbortSignal.any([office.signal, stop]);
      // A Namespace or a revision that is not known yet would take marks back.
      while (!isSynced() && !ended.aborted) await clock.sleep(50, ended);
      term = createTerm({
        ...{ client, clock, random, observer, office, stop },
        workers: deps.workers ?? 16,
        read: readPod,
        decide: changeOf,
        nodeOf,
      });
      lookAtAll();
      await term.run();
      term = undefined;
      leftAlone.clear();
    },
  };
}
