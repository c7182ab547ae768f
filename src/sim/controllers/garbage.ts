import type { Door, Resource } from './door.js';
import { createWriter } from './loop.js';
import type { ControllerDeps } from './loop.js';

/** Deletes what a deleted owner leaves behind, in the background: pkg/controller/garbagecollector. */
export function startGarbageCollector(deps: ControllerDeps): void {
  const { door } = deps;
  const writer = createWriter(deps);
  const chains: readonly (readonly [owner: Resource, owned: Resource])[] = [
    ['cronjobs.batch', 'jobs.batch'],
    ['jobs.batch', 'pods'],
    ['deployments.apps', 'replicasets.apps'],
    ['replicasets.apps', 'pods'],
  ];
  for (const [owner, owned] of chains) {
    door.watch(owner, ({ type, object }) => {
      if (type === 'DELETED') void removeAll(door, owned, object.metadata.uid);
    });
  }

  async function removeAll(from: Door, resource: Resource, uid: string): Promise<void> {
    for (const object of from.ownedBy(resource, uid)) {
      await writer.turn();
      from.remove(resource, object);
    }
  }
}
