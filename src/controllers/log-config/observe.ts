import { createCache, type Cache } from '../../kube/cache.js';
import type { ListWatchDeps } from '../../kube/list-watch.js';
import type { KubeObject, OwnerReference } from '../../kube/object.js';
import { hash32 } from '../../objects/hash.js';
import { isObject, type JsonObject } from '../../objects/json.js';
import type { Labels } from '../../objects/selector.js';
import { managedBy, managedByLabel, policyLabel } from '../../objects/well-known.js';
import { keyOf, logResourceTypes } from '../../placement/log-resources.js';
import { createDefinedObjects, type DefinedObjects } from '../../sources/defined-objects.js';

/** A log CR of the cluster, ours or another's. */
export interface LogObject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: Labels;
  readonly owners: readonly OwnerReference[];
  readonly spec: JsonObject;
  readonly status: JsonObject;
}

/** The log CRs of one kind, as long as the cluster has that kind. */
export interface LogStore extends Pick<DefinedObjects, 'state' | 'served' | 'fault' | 'hasSettled'> {
  /** Name of the CustomResourceDefinition. */
  readonly key: string;
  readonly objects: Cache<LogObject, 'policy'>;
  /** A log CR, or what is known of its kind, has changed; the label of the policy, or undefined: of any. */
  onChange(listener: (policy: string | undefined) => void): void;
  run(signal: AbortSignal): Promise<void>;
}

/** One store for each kind of log CR that some provider needs. */
export function createLogStores(
  deps: Pick<ListWatchDeps<unknown>, 'client' | 'clock' | 'random' | 'onFault'>,
  namespace: string,
): readonly LogStore[] {
  return logResourceTypes.map((type) => {
    const objects = createCache<LogObject, 'policy'>({ indexes: { policy: policyOf } });
    const defined = createDefinedObjects({
      ...deps,
      resource: { ...type, namespaced: true },
      query: { namespace },
      project: toLogObject,
      sink: objects,
    });
    return {
      key: keyOf(type),
      objects,
      get state() {
        return defined.state;
      },
      get served() {
        return defined.served;
      },
      get fault() {
        return defined.fault;
      },
      get hasSettled() {
        return defined.hasSettled;
      },
      onChange(listener) {
        defined.onChange(() => {
          listener(undefined);
        });
        objects.subscribe(({ before, after }) => {
          for (const one of [before, after]) if (one) listener(policyOf(one));
        });
      },
      run: (signal) => defined.run(signal),
    };
  });
}

/** The policy's label, where the object is ours. */
export function policyOf({ labels }: Pick<LogObject, 'labels'>): string | undefined {
  return labels[managedByLabel] === managedBy ? labels[policyLabel] : undefined;
}

/** A label holds 63 characters, a policy's name may have 253: a hash keeps two long ones apart. */
export function labelOf(policy: string): string {
  if (policy.length <= 63) return policy;
  return `${policy.slice(0, 54)}-${hash32(policy).toString(16).padStart(8, '0')}`;
}

export function toLogObject({ metadata, spec, status }: KubeObject): LogObject {
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    labels: metadata.labels ?? {},
    owners: metadata.ownerReferences ?? [],
    spec: isObject(spec) ? spec : {},
    status: isObject(status) ? status : {},
  };
}
