import { createCache } from '../kube/cache.js';
import type { ListWatchDeps } from '../kube/list-watch.js';
import type { KubeObject } from '../kube/object.js';
import type { Resource } from '../kube/resource.js';
import { isObject } from '../objects/json.js';
import type { Labels } from '../objects/selector.js';
import { createDefinedObjects } from './defined-objects.js';

/**
 * The ResourcePolicies of ACK, which order the scale-in of the pods that they select and cannot be used together with
 * a deletion cost: https://www.alibabacloud.com/help/en/document_detail/398680.html. A `spec.selector` is a plain map
 * of labels; an empty one selects every pod of the policy's namespace.
 */
export interface ResourcePolicies {
  selects(namespace: string, labels: Labels): boolean;
  /** Called with the namespace of each that comes, changes or goes. */
  onChange(listener: (namespace: string) => void): void;
  /** Each has been listed once, or cannot be: an error is a reason not to wait, not to stand back. */
  readonly hasSettled: boolean;
  /** Watches until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

type Deps = Pick<ListWatchDeps<unknown>, 'client' | 'clock' | 'random' | 'onFault'>;

export function createResourcePolicies(deps: Deps): ResourcePolicies {
  const policies = createCache<Selector, never>({ indexes: {} });
  const objects = createDefinedObjects({
    ...deps,
    resource: resourcePolicies,
    project: toSelector,
    sink: policies,
  });
  return {
    selects: (namespace, labels) =>
      policies
        .inNamespace(namespace)
        .some(({ selector }) => selector.every(([key, value]) => labels[key] === value)),
    onChange: (listener) =>
      void policies.subscribe(({ before, after }) => {
        listener((after ?? before)?.namespace ?? '');
      }),
    get hasSettled() {
      return objects.hasSettled;
    },
    run: (signal) => objects.run(signal),
  };
}

const resourcePolicies: Resource = {
  group: 'scheduling.alibabacloud.com',
  version: 'v1alpha1',
  plural: 'resourcepolicies',
  kind: 'ResourcePolicy',
  namespaced: true,
};

interface Selector {
  readonly namespace: string;
  readonly name: string;
  readonly selector: readonly (readonly [key: string, value: string])[];
}

/** One that is no map of texts selects nothing: what it means is not documented. */
function toSelector({ metadata, spec }: KubeObject): Selector | undefined {
  const given = isObject(spec) ? (spec['selector'] ?? {}) : {};
  if (!isObject(given)) return undefined;
  const selector: (readonly [string, string])[] = [];
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== 'string') return undefined;
    selector.push([key, value]);
  }
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '', selector };
}
