import type { KubeObject } from '../store/object.js';
import type { StructSchema } from './schema.js';

/** What the API server knows about one kind in one version. */
export interface Kind {
  /** '' for core. */
  readonly group: string;
  readonly version: string;
  /** `batch/v1`, `v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  /** `jobs.batch`, `pods`: how messages name it. */
  readonly resource: string;
  /** Where its objects are stored; kinds with the same place are one. */
  readonly storage: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  readonly schema: StructSchema;
  /** Its `metadata.generation` counts changes of the spec. */
  readonly counts: boolean;
  /** A PUT to a name that is not there creates it. */
  readonly createsOnPut: boolean;
  /** An update must name the resourceVersion. */
  readonly needsRevision: boolean;
  readonly verbs: readonly Verb[];
  /** Where it came from, for kinds that a CustomResourceDefinition made. */
  readonly custom?: CustomKind;
  /** Field selectors it takes besides metadata.name and metadata.namespace. */
  readonly fields: readonly string[];
  /** A stored object as this version shows it. */
  fromStorage(object: KubeObject): KubeObject;
  /** An object of this version as it is stored. */
  toStorage(object: KubeObject): KubeObject;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface Subresource {
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly Verb[];
}

export interface CustomKind {
  readonly definition: string;
  /** Open API schema as the CustomResourceDefinition gives it. */
  readonly openAPISchema: unknown;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly jsonPath: string;
    readonly priority: number;
    readonly format: string;
    readonly description: string;
  }[];
  readonly scale?: {
    readonly specReplicasPath: string;
    readonly statusReplicasPath: string;
    readonly labelSelectorPath: string;
  };
}

export const hasSubresource = (kind: Kind, name: string): boolean =>
  kind.subresources.some((subresource) => subresource.name === name);

/** The kinds served now: the built-in ones, and those of CustomResourceDefinitions. */
export class Kinds {
  readonly #kinds = new Map<string, Kind>();
  readonly #byResource = new Map<string, Kind>();

  constructor(builtin: readonly Kind[]) {
    for (const kind of builtin) this.add(kind);
  }

  /** The first version added of a resource is its preferred one. */
  add(kind: Kind): void {
    this.#kinds.set(`${kind.group}/${kind.version}/${kind.plural}`, kind);
    const known = this.#byResource.get(kind.resource);
    if (known === undefined || known.version === kind.version) this.#byResource.set(kind.resource, kind);
  }

  /** Takes away what a CustomResourceDefinition brought. */
  removeCustom(definition: string): void {
    for (const [key, kind] of this.#kinds) {
      if (kind.custom?.definition !== definition) continue;
      this.#kinds.delete(key);
      this.#byResource.delete(kind.resource);
    }
  }

  find(group: string, version: string, plural: string): Kind | undefined {
    return this.#kinds.get(`${group}/${version}/${plural}`);
  }

  /** By `jobs.batch`, in the preferred version. */
  named(resource: string): Kind | undefined {
    return this.#byResource.get(resource);
  }

  byKind(apiVersion: string, name: string): Kind | undefined {
    for (const kind of this.#kinds.values()) {
      if (kind.kind === name && kind.apiVersion === apiVersion) return kind;
    }
    return undefined;
  }

  all(): readonly Kind[] {
    return [...this.#kinds.values()];
  }
}
