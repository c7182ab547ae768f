import type { Core } from '../api/call.js';
import { createDoor } from '../api/door.js';
import type { Door } from '../api/door.js';
import { StatusError } from '../api/status.js';
import { childOf, isList } from '../store/object.js';
import type { StoreEvent } from '../store/history.js';
import { Tasks } from './tasks.js';

/**
 * The namespace controller: empties a Namespace that is Terminating and, when nothing is left, lets it go. Pods on
 * nodes and objects with finalizers keep it until they are gone.
 */
export class NamespaceKeeper {
  readonly #core: Core;
  readonly #door: Door;
  readonly #tasks: Tasks;
  readonly #terminating = new Set<string>();
  readonly #stop: () => void;

  constructor(core: Core) {
    this.#core = core;
    this.#door = createDoor(core, {
      username: 'system:serviceaccount:kube-system:namespace-controller',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    });
    this.#tasks = new Tasks(core.clock);
    this.#stop = core.store.watchAll((event) => {
      this.#observe(event);
    });
  }

  stop(): void {
    this.#stop();
    this.#tasks.stop();
  }

  #observe({ resource, type, object }: StoreEvent): void {
    const { name, namespace = '', deletionTimestamp } = object.metadata;
    if (resource === 'namespaces') {
      if (type === 'DELETED') this.#terminating.delete(name);
      else if (deletionTimestamp !== undefined) {
        this.#terminating.add(name);
        this.#check(name);
      }
    } else if (type === 'DELETED' && this.#terminating.has(namespace)) this.#check(namespace);
  }

  #check(namespace: string): void {
    this.#tasks.add(namespace, () => this.#empty(namespace));
  }

  async #empty(namespace: string): Promise<void> {
    let left = 0;
    const resources = new Set(
      this.#core.kinds.all().flatMap((kind) => (kind.namespaced ? [kind.storage] : [])),
    );
    for (const resource of resources) {
      const objects = this.#core.store.list(resource, namespace);
      for (const { metadata } of objects) {
        if (metadata.deletionTimestamp === undefined) await this.#remove(resource, namespace, metadata.name);
      }
      left += this.#core.store.list(resource, namespace).length;
    }
    if (left === 0) await this.#finalize(namespace);
  }

  async #remove(resource: string, namespace: string, name: string): Promise<void> {
    try {
      await this.#door.remove(resource, namespace, name, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!(error instanceof StatusError) || error.status.code !== 404) throw error;
    }
  }

  async #finalize(namespace: string): Promise<void> {
    if (this.#core.store.get('namespaces', '', namespace) === undefined) return;
    await this.#door.modify(
      'namespaces',
      '',
      namespace,
      (draft) => {
        const spec = childOf(draft, 'spec');
        const left = isList(spec['finalizers'])
          ? spec['finalizers'].filter((name) => name !== 'kubernetes')
          : [];
        if (left.length === 0) delete spec['finalizers'];
        else spec['finalizers'] = [...left];
      },
      { subresource: 'finalize' },
    );
  }
}
