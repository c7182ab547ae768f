import { hash32 } from '../../../objects/hash.js';
import type { JsonObject } from '../../../objects/json.js';
import { childOf } from '../../store/object.js';
import type { ControllerDeps } from '../loop.js';
import { createWriter, keyOf, splitKey, startLoop } from '../loop.js';
import { controllerOf, isActive } from '../objects.js';
import type { Deployment, ReplicaSet } from '../objects.js';
import {
  desiredAnnotation,
  desiredOf,
  fenceposts,
  maxReplicasAnnotation,
  nextSizes,
  revisionAnnotation,
  sizeOf,
  toCleanUp,
} from './decide.js';

/** Rolls Deployments out by their ReplicaSets: pkg/controller/deployment. */
export function startDeployments(deps: ControllerDeps): void {
  const { door } = deps;
  const writer = createWriter(deps);
  const loop = startLoop(deps, sync);
  door.watch('deployments.apps', ({ type, object }) => {
    if (type !== 'DELETED') loop.add(keyOf(object));
  });
  door.watch('replicasets.apps', ({ object }) => {
    const owner = controllerOf(object.metadata);
    if (owner !== undefined) loop.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  });

  async function sync(key: string): Promise<undefined> {
    const deployment = door.get('deployments.apps', ...splitKey(key));
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return;
    const sets = door.ownedBy('replicasets.apps', deployment.metadata.uid);
    const hash = templateHash(deployment);
    const current = sets.find(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash);
    const old = sets.filter((set) => set !== current);
    if (current === undefined) {
      await makeSet(deployment, hash, old);
      return;
    }
    const podsOfOld = old.flatMap(({ metadata }) =>
      door.ownedBy('pods', metadata.uid).filter(isActive),
    ).length;
    for (const { name, replicas } of nextSizes(deployment, current, old, podsOfOld)) {
      const set = sets.find(({ metadata }) => metadata.name === name);
      if (set !== undefined) await resize(deployment, set, replicas);
    }
    for (const set of toCleanUp(deployment, old)) {
      await writer.turn();
      door.remove('replicasets.apps', set);
    }
    await report(deployment, current, sets);
  }

  async function makeSet(deployment: Deployment, hash: string, old: readonly ReplicaSet[]): Promise<void> {
    await writer.turn();
    door.create('replicasets.apps', setOf(deployment, hash, firstSize(deployment, old), revisionAfter(old)));
    writer.event('ScalingReplicaSet');
  }

  async function resize(deployment: Deployment, set: ReplicaSet, replicas: number): Promise<void> {
    await writer.turn();
    door.update('replicasets.apps', set, (draft) => {
      childOf(draft, 'spec')['replicas'] = replicas;
      Object.assign(childOf(childOf(draft, 'metadata'), 'annotations'), sizeAnnotations(deployment));
    });
    writer.event('ScalingReplicaSet');
  }

  async function report(
    deployment: Deployment,
    current: ReplicaSet,
    sets: readonly ReplicaSet[],
  ): Promise<void> {
    const sum = (of: 'replicas' | 'readyReplicas' | 'availableReplicas'): number =>
      sets.reduce((total, { status }) => total + (status?.[of] ?? 0), 0);
    const status = {
      observedGeneration: deployment.metadata.generation ?? 0,
      replicas: sum('replicas'),
      readyReplicas: sum('readyReplicas'),
      availableReplicas: sum('availableReplicas'),
      updatedReplicas: current.status?.replicas ?? 0,
    };
    const same = Object.entries(status).every(
      ([key, value]) => deployment.status?.[key as keyof typeof status] === value,
    );
    if (same) return;
    await writer.turn();
    door.update('deployments.apps', deployment, (draft) => {
      Object.assign(childOf(draft, 'status'), status);
    });
  }
}

/** The first ReplicaSet gets all; one of a rollout what the surge leaves room for. */
function firstSize(deployment: Deployment, old: readonly ReplicaSet[]): number {
  const there = old.reduce((sum, set) => sum + sizeOf(set), 0);
  if (deployment.spec.strategy?.type === 'Recreate') return there > 0 ? 0 : desiredOf(deployment);
  const room = desiredOf(deployment) + fenceposts(deployment).surge - there;
  return Math.max(0, Math.min(room, desiredOf(deployment)));
}

const revisionAfter = (old: readonly ReplicaSet[]): number =>
  1 + Math.max(0, ...old.map(({ metadata }) => Number(metadata.annotations?.[revisionAnnotation] ?? 0)));

const sizeAnnotations = (deployment: Deployment): Record<string, string> => ({
  [desiredAnnotation]: String(desiredOf(deployment)),
  [maxReplicasAnnotation]: String(desiredOf(deployment) + fenceposts(deployment).surge),
});

/** Tells templates apart as the real one's does; the letters are others, because that one hashes a Go dump. */
const templateHash = ({ spec }: Deployment): string => hash32(JSON.stringify(spec.template)).toString(36);

function setOf(deployment: Deployment, hash: string, replicas: number, revision: number): JsonObject {
  const { namespace = '', name, uid } = deployment.metadata;
  const template = deployment.spec.template as unknown as {
    readonly metadata?: JsonObject;
    readonly spec: JsonObject;
  };
  const labels = { ...(template.metadata?.['labels'] as JsonObject | undefined), 'pod-template-hash': hash };
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      namespace,
      name: `${name}-${hash}`,
      labels,
      annotations: { ...sizeAnnotations(deployment), [revisionAnnotation]: String(revision) },
      ownerReferences: [owner],
    },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { ...template.metadata, labels }, spec: template.spec },
    },
  };
}
