import { createCache } from '../kube/cache.js';
import { createListWatch, type ListWatchDeps } from '../kube/list-watch.js';
import type { KubeObject } from '../kube/object.js';
import { resources, type Resource } from '../kube/resource.js';
import { isObject, type Json } from '../objects/json.js';
import type { Labels } from '../objects/selector.js';

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

/**
 * The CustomResourceDefinition is watched first, by its name, and the policies only while there is one: a cluster
 * without it answers no request with 404.
 */
export function createResourcePolicies(deps: Deps): ResourcePolicies {
  const definitions = createCache<Definition, never>({ indexes: {}, isSame: isSameDefinition });
  const policies = createCache<Selector, never>({ indexes: {} });
  let settled = false;
  let running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;

  const settle = (): void => {
    settled = true;
  };

  function start(definition: Definition): void {
    const abort = new AbortController();
    const watch = createListWatch({
      ...deps,
      onFault: (error, during) => {
        settle();
        deps.onFault?.(error, during);
      },
      backoff,
      resource: resourceOf(definition),
      project: toSelector,
      sink: policies,
    });
    void watch.whenSynced().then(settle);
    running = { abort, done: watch.run(abort.signal) };
  }

  async function stop(): Promise<void> {
    const { abort, done } = running ?? {};
    running = undefined;
    abort?.abort();
    await done;
  }

  async function follow(definition: Definition | undefined): Promise<void> {
    await stop();
    if (definition !== undefined) {
      start(definition);
      return;
    }
    for (const key of [...policies.keys()]) policies.remove(key);
  }

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
      return settled;
    },
    async run(signal) {
      let last = Promise.resolve();
      definitions.subscribe(({ after }) => {
        last = last.then(() => (signal.aborted ? undefined : follow(after)));
      });
      const watch = createListWatch({
        ...deps,
        onFault: (error, during) => {
          settle();
          deps.onFault?.(error, during);
        },
        backoff,
        resource: resources.customResourceDefinitions,
        query: { fieldSelector: `metadata.name=${definitionName}` },
        project: toDefinition,
        sink: definitions,
      });
      void watch.whenSynced().then(() => {
        if (definitions.size === 0) settle();
      });
      await watch.run(signal);
      await last;
      await stop();
    },
  };
}

const definitionName = 'resourcepolicies.scheduling.alibabacloud.com';

/** Slower than most: what fails here is most often a role that was not given, and nothing waits for it. */
const backoff = { baseMs: 1000, maxMs: 300_000 };

interface Definition {
  readonly namespace: '';
  readonly name: string;
  readonly group: string;
  readonly plural: string;
  readonly version: string;
}

const isSameDefinition = (a: Definition, b: Definition): boolean =>
  a.plural === b.plural && a.version === b.version;

function toDefinition({ metadata, spec }: KubeObject): Definition | undefined {
  const { group, names, versions } = isObject(spec) ? spec : {};
  const version = servedVersion(Array.isArray(versions) ? (versions as readonly Json[]) : []);
  const plural = isObject(names) ? names['plural'] : undefined;
  if (typeof group !== 'string' || typeof plural !== 'string' || version === undefined) return undefined;
  return { namespace: '', name: metadata.name ?? '', group, plural, version };
}

/** The documented one where it is served, else the first that is. */
function servedVersion(versions: readonly Json[]): string | undefined {
  const served = versions.flatMap((one) =>
    isObject(one) && one['served'] === true && typeof one['name'] === 'string' ? [one['name']] : [],
  );
  return served.find((name) => name === 'v1alpha1') ?? served[0];
}

const resourceOf = ({ group, version, plural }: Definition): Resource => ({
  group,
  version,
  plural,
  kind: 'ResourcePolicy',
  namespaced: true,
});

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
