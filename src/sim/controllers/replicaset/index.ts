import type { JsonObject } from '../../../objects/json.js';
import { childOf } from '../../store/object.js';
import type { ControllerDeps } from '../loop.js';
import { createWriter, keyOf, splitKey, startLoop } from '../loop.js';
import { controllerOf, isActive, isReady } from '../objects.js';
import type { Pod, ReplicaSet } from '../objects.js';
import { burstReplicas, podsToDelete, slowStartBatches } from './decide.js';

/** Told of each scale-down: which pods went, of which there were. */
export type ScaleDownObserver = (set: ReplicaSet, gone: readonly Pod[], of: readonly Pod[]) => void;

/** Keeps as many pods as a ReplicaSet wants: pkg/controller/replicaset. */
export function startReplicaSets(
  deps: ControllerDeps,
  onScaleDown: ScaleDownObserver = () => undefined,
): void {
  const { door, clock } = deps;
  const writer = createWriter(deps);
  const loop = startLoop(deps, sync);
  door.watch('replicasets.apps', ({ type, object }) => {
    if (type !== 'DELETED') loop.add(keyOf(object));
  });
  door.watch('pods', ({ object }) => {
    const owner = controllerOf(object.metadata);
    if (owner?.kind === 'ReplicaSet') loop.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  });

  async function sync(key: string): Promise<undefined> {
    const set = door.get('replicasets.apps', ...splitKey(key));
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
    const pods = door.ownedBy('pods', set.metadata.uid).filter(isActive);
    await manage(set, pods);
    const now = door.ownedBy('pods', set.metadata.uid).filter(isActive);
    await report(set, now);
  }

  async function manage(set: ReplicaSet, pods: readonly Pod[]): Promise<void> {
    const missing = (set.spec.replicas ?? 1) - pods.length;
    if (missing < 0) {
      const gone = podsToDelete(pods, siblings(set), Math.min(burstReplicas, -missing), clock.now());
      onScaleDown(set, gone, pods);
      await Promise.all(gone.map(removePod));
      return;
    }
    for (const size of slowStartBatches(Math.min(burstReplicas, missing))) {
      await Promise.all(Array.from({ length: size }, () => makePod(set)));
    }
  }

  /**
   * Pods of every ReplicaSet with the same controlling owner; none, not even its own, for one that nobody controls
   * (pkg/controller/replicaset/replica_set.go getReplicaSetsWithSameController).
   */
  function siblings(set: ReplicaSet): readonly Pod[] {
    const owner = controllerOf(set.metadata);
    const sets = owner === undefined ? [] : door.ownedBy('replicasets.apps', owner.uid);
    return sets.flatMap(({ metadata }) => door.ownedBy('pods', metadata.uid));
  }

  async function report(set: ReplicaSet, pods: readonly Pod[]): Promise<void> {
    const ready = pods.filter(isReady).length;
    const { replicas, readyReplicas = 0 } = set.status ?? {};
    if (replicas === pods.length && readyReplicas === ready) return;
    await writer.turn();
    door.update('replicasets.apps', set, (draft) => {
      Object.assign(childOf(draft, 'status'), {
        replicas: pods.length,
        readyReplicas: ready,
        availableReplicas: ready,
      });
    });
  }

  async function makePod(set: ReplicaSet): Promise<void> {
    await writer.turn();
    door.create('pods', podOf(set));
    writer.event('SuccessfulCreate');
  }

  async function removePod(pod: Pod): Promise<void> {
    await writer.turn();
    door.remove('pods', pod);
    writer.event('SuccessfulDelete');
  }
}

function podOf({ metadata, spec }: ReplicaSet): JsonObject {
  const { namespace = '', name, uid } = metadata;
  const template = spec.template as unknown as { readonly metadata?: JsonObject; readonly spec: JsonObject };
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, namespace, generateName: `${name}-`, ownerReferences: [owner] },
    spec: template.spec,
  };
}
