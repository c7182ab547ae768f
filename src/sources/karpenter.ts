import { createCache } from '../kube/cache.js';
import { createListWatch, type ListWatchDeps } from '../kube/list-watch.js';
import type { KubeObject } from '../kube/object.js';
import { resources } from '../kube/resource.js';
import { isObject, type Json } from '../objects/json.js';

/**
 * Whether a Karpenter of this cluster sets deletion costs: its feature gate PodDeletionCostManagement, off by default.
 * It writes the rank of each of its nodes on the pods there, over whatever stands there, and leaves no mark of its own
 * (https://karpenter.sh/preview/concepts/pod-deletion-cost/). The gate is read where its chart puts it: the variable
 * FEATURE_GATES or the flag --feature-gates of a Deployment with the label `app.kubernetes.io/name: karpenter`. One
 * that runs elsewhere, as in EKS Auto Mode, is not seen so, but by what it has written.
 */
export interface Karpenter {
  readonly setsCosts: boolean;
  onChange(listener: () => void): void;
  /** Listed once, or cannot be. */
  readonly hasSettled: boolean;
  /** Watches until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

type Deps = Pick<ListWatchDeps<unknown>, 'client' | 'clock' | 'random' | 'onFault'>;

export function createKarpenter(deps: Deps): Karpenter {
  const gated = createCache<Gated, never>({ indexes: {}, isSame: () => true });
  let settled = false;
  const watch = createListWatch({
    ...deps,
    onFault: (error, during) => {
      settled = true;
      deps.onFault?.(error, during);
    },
    backoff: { baseMs: 1000, maxMs: 300_000 },
    resource: resources.deployments,
    query: { labelSelector: 'app.kubernetes.io/name=karpenter' },
    project: toGated,
    sink: gated,
  });
  return {
    get setsCosts() {
      return gated.size > 0;
    },
    onChange: (listener) => void gated.subscribe(listener),
    get hasSettled() {
      return settled || watch.hasSynced;
    },
    run: (signal) => watch.run(signal),
  };
}

interface Gated {
  readonly namespace: string;
  readonly name: string;
}

/** Kept: a Deployment whose gate is on. */
function toGated(deployment: KubeObject): Gated | undefined {
  const { namespace = '', name = '' } = deployment.metadata;
  return setsDeletionCosts(deployment) ? { namespace, name } : undefined;
}

/** Whether the gate of a Deployment of Karpenter's is on. */
export function setsDeletionCosts({ spec }: KubeObject): boolean {
  const containers = at(at(at(spec, 'template'), 'spec'), 'containers');
  return Array.isArray(containers) && containers.some((one: Json) => gatesOf(one).some(turnsOn));
}

/** The texts that set feature gates: `A=true,B=false`. */
function gatesOf(container: Json): readonly string[] {
  const env = at(container, 'env');
  const words = ['command', 'args'].flatMap((field) => textsIn(at(container, field)));
  const variables = (Array.isArray(env) ? env : []).flatMap((one: Json) =>
    at(one, 'name') === 'FEATURE_GATES' ? textsIn([at(one, 'value') ?? null]) : [],
  );
  return [...variables, ...words.flatMap((word, i) => flagValue(word, words[i + 1]))];
}

function flagValue(word: string, next: string | undefined): readonly string[] {
  const flag = /^--?feature-gates(?:=(.*))?$/s.exec(word);
  return flag === null ? [] : [flag[1] ?? next ?? ''];
}

/** As Go's strconv.ParseBool reads what is true. */
const turnsOn = (gates: string): boolean =>
  /(?:^|,)\s*PodDeletionCostManagement\s*=\s*(?:1|t|T|true|TRUE|True)\s*(?:,|$)/.test(gates);

const at = (parent: Json | undefined, field: string): Json | undefined =>
  isObject(parent) ? parent[field] : undefined;

const textsIn = (list: Json | undefined): readonly string[] =>
  Array.isArray(list) ? list.flatMap((item: Json) => (typeof item === 'string' ? [item] : [])) : [];
