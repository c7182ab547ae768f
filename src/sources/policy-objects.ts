import { createCache, type Cache } from '../kube/cache.js';
import type { Client } from '../kube/client.js';
import { createListWatch, type ListWatchDeps } from '../kube/list-watch.js';
import { objectKey, type KubeObject } from '../kube/object.js';
import { pages } from '../kube/pages.js';
import { apiVersionOf, resources } from '../kube/resource.js';
import { formatPath, type Fault } from '../policy/fault.js';
import { parsePolicy } from '../policy/parse.js';
import type { Policy } from '../policy/policy.js';
import type { Clock, Random } from '../telemetry/clock.js';
import type { PolicyRead } from './policy-files.js';
import { hashOf, policyError, type LocatedFault } from './policy-set.js';

/** A VirtualNodePolicy of the cluster, as it was read last. */
export interface PolicyObject {
  /** Empty: policies have none. */
  readonly namespace: '';
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  /** What is wrong with this generation; empty: nothing. */
  readonly faults: readonly Fault[];
  /** What serves of it: this generation, else the last good one; undefined: there was none yet. */
  readonly serves: Policy | undefined;
  /** As it was written last, by whomever. */
  readonly status: unknown;
}

export interface PolicyObjects {
  readonly cache: Cache<PolicyObject, never>;
  readonly hasSynced: boolean;
  /** Watches until the signal aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export interface PolicyObjectsDeps {
  readonly client: Pick<Client, 'list' | 'watch'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Called with what the objects say, once all were listed, and a moment after each change of that. */
  readonly offer: (read: PolicyRead) => void;
  readonly onFault?: ListWatchDeps<PolicyObject>['onFault'];
}

/**
 * Policies as objects of the cluster. A faulty one keeps its last good generation, or is left out where there was
 * none; the others serve. Without any there is nothing to place: that may be so from the start.
 */
export function createPolicyObjects(deps: PolicyObjectsDeps): PolicyObjects {
  const { client, clock, random, offer } = deps;
  const cache = createCache<PolicyObject, never>({ indexes: {} });
  const project = (object: KubeObject): PolicyObject =>
    toPolicyObject(object, cache.get(objectKey('', object.metadata.name ?? '')));
  const watch = createListWatch({
    client,
    clock,
    random,
    resource: resources.virtualNodePolicies,
    project,
    sink: cache,
    ...(deps.onFault ? { onFault: deps.onFault } : {}),
  });
  let waits = false;

  function tell(): void {
    waits = false;
    if (watch.hasSynced) offer(toPolicyRead([...cache.values()]));
  }

  cache.subscribe(() => {
    if (waits || !watch.hasSynced) return;
    waits = true;
    clock.after(settleMs, tell);
  });

  return {
    cache,
    get hasSynced() {
      return watch.hasSynced;
    },
    async run(signal) {
      const first = watch.whenSynced().then(tell);
      await Promise.all([watch.run(signal), first]);
    },
  };
}

/** A change of several policies, as GitOps makes it, is one change. */
const settleMs = 100;

/** The policies of the cluster as they are now. @throws {KubeError} */
export async function readPolicyObjects(client: Pick<Client, 'list'>): Promise<PolicyRead> {
  const objects: PolicyObject[] = [];
  for await (const object of pages(client, resources.virtualNodePolicies))
    objects.push(toPolicyObject(object, undefined));
  return toPolicyRead(objects);
}

function toPolicyObject(object: KubeObject, before: PolicyObject | undefined): PolicyObject {
  const { name = '', uid = '', generation } = object.metadata;
  const parsed = parsePolicy({ ...object, apiVersion, kind });
  const lastGood = before?.uid === uid ? before.serves : undefined;
  return {
    namespace: '',
    name,
    uid,
    generation: typeof generation === 'number' ? generation : 0,
    faults: parsed.ok ? [] : parsed.faults,
    serves: parsed.ok ? parsed.value : lastGood,
    status: object['status'],
  };
}

/** Items of a list need not repeat their type. */
const apiVersion = apiVersionOf(resources.virtualNodePolicies);
const { kind } = resources.virtualNodePolicies;

function toPolicyRead(objects: readonly PolicyObject[]): PolicyRead {
  const policies = objects.flatMap(({ serves }) => serves ?? []);
  const faults = objects.flatMap(located);
  const namespaces = new Map<string, never>();
  return {
    ok: true,
    set: { policies, namespaces, hash: hashOf(policies, namespaces) },
    locate: (policy) => ({ file: titleOf(policy), line: 1, column: 1 }),
    ...(faults.length === 0 ? {} : { complaint: policyError(faults) }),
  };
}

const located = ({ name, faults }: PolicyObject): LocatedFault[] =>
  faults.map(({ path, message }) => ({ file: titleOf(name), path: formatPath(path), message }));

const titleOf = (name: string): string => `${kind} ${name}`;
