import type { Core } from '../api/call.js';
import { createDoor, type Door } from '../api/door.js';
import { customKind } from '../kinds/custom.js';
import { childOf, objectsAt, textAt, timestamp, type Draft, type KubeObject } from '../store/object.js';
import type { StoreEvent } from '../store/history.js';
import { Tasks } from './tasks.js';

const resource = 'customresourcedefinitions.apiextensions.k8s.io';

/** Serves what CustomResourceDefinitions define, as they come, change and go, and says so in their status. */
export class DefinitionKeeper {
  readonly #core: Core;
  readonly #door: Door;
  readonly #tasks: Tasks;
  readonly #stop: () => void;

  constructor(core: Core) {
    this.#core = core;
    this.#door = createDoor(core);
    this.#tasks = new Tasks(core.clock);
    this.#stop = core.store.watchAll((event) => {
      if (event.resource === resource) this.#observe(event);
    });
  }

  stop(): void {
    this.#stop();
    this.#tasks.stop();
  }

  #observe({ type, object }: StoreEvent): void {
    const { name } = object.metadata;
    this.#core.kinds.removeCustom(name);
    if (type === 'DELETED') {
      // Whatever finalizers they have: there is no API any more by which somebody could take them off.
      for (const custom of this.#core.store.list(name)) this.#core.store.remove(name, custom);
      return;
    }
    const kind = customKind(object);
    if (kind !== undefined) this.#core.kinds.add(kind);
    if (!isEstablished(object)) this.#tasks.add(name, () => this.#establish(object));
  }

  async #establish(definition: KubeObject): Promise<void> {
    const { name } = definition.metadata;
    if (this.#core.store.get(resource, '', name) === undefined) return;
    await this.#door.modify(
      resource,
      '',
      name,
      (draft) => {
        draft['status'] = statusOf(draft, timestamp(this.#core.clock.now()));
      },
      { subresource: 'status' },
    );
  }
}

const isEstablished = (definition: KubeObject): boolean =>
  objectsAt(definition, 'status', 'conditions').some(({ type }) => type === 'Established');

function statusOf(definition: Draft, now: string): Draft {
  const versions = objectsAt(definition, 'spec', 'versions');
  const condition = (type: string, reason: string, message: string): Draft => ({
    type,
    status: 'True',
    lastTransitionTime: now,
    reason,
    message,
  });
  return {
    acceptedNames: childOf(childOf(definition, 'spec'), 'names'),
    conditions: [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: versions.map((version) => textAt(version, 'name')),
  };
}
