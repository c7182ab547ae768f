import { objectKey } from '../../kube/object.js';
import { apiVersionOf, resources, type Resource } from '../../kube/resource.js';
import type { JsonObject } from '../../objects/json.js';
import { managedBy, managedByLabel, policyLabel } from '../../objects/well-known.js';
import type { NeededLogResource } from '../../placement/aspects/logs.js';
import { keyOf, logResources } from '../../placement/log-resources.js';
import type { PolicyObject } from '../../sources/policy-objects.js';
import type { Verdict } from '../condition.js';
import { covers } from './covers.js';
import { policyOf, type LogObject, type LogStore } from './observe.js';
import { crdMissing, notManaged, notOurs, observing, pending, unreadable, worst } from './verdicts.js';

/** What one policy's log CRs hang on. */
export interface LogFacts {
  /** Undefined: it is gone. */
  readonly policy: Pick<PolicyObject, 'name' | 'uid' | 'serves'> | undefined;
  /** The policy's label; its log CRs carry it. */
  readonly label: string;
  readonly mode: 'off' | 'on';
  /** Turns every policy to Observe. */
  readonly observe: boolean;
  /** Where log CRs are kept. */
  readonly namespace: string;
  /** Empty where nothing is managed. */
  readonly stores: readonly Pick<LogStore, 'key' | 'state' | 'served' | 'fault' | 'objects'>[];
}

export interface LogPlan {
  readonly apply: readonly {
    readonly resource: Resource;
    readonly name: string;
    readonly body: JsonObject;
  }[];
  readonly remove: readonly { readonly resource: Resource; readonly object: LogObject }[];
  /** How the policy's log CRs stand; undefined: it needs none. */
  readonly verdict: Verdict | undefined;
  /** Nothing can be said of it now: its status is left as it is. */
  readonly isOpen: boolean;
}

const nothing: LogPlan = { apply: [], remove: [], verdict: undefined, isOpen: false };

/**
 * The log CRs that a policy should have, and what is to be done for that. A policy that never was without a fault, or
 * that only observes, loses nothing: pods that it placed before may still be collected from.
 */
export function decideLogs(facts: LogFacts): LogPlan {
  const { policy: { serves } = {}, mode } = facts;
  if (facts.policy !== undefined && serves === undefined) return { ...nothing, isOpen: true };
  const needed = serves ? logResources(serves) : [];
  if (mode === 'off') return needed.length === 0 ? nothing : { ...nothing, verdict: notManaged };

  const isObserving = facts.observe || serves?.spec.mode === 'Observe';
  const looks = needed.map((one) => look(one, facts, isObserving));
  return {
    apply: looks.flatMap(({ apply }) => apply ?? []),
    remove: isObserving ? [] : leftOver(facts, needed),
    verdict: worst(looks.flatMap(({ verdict }) => verdict ?? [])),
    isOpen: looks.some(({ verdict }) => verdict === undefined),
  };
}

/** Log CRs of the policy that it does not need any more. */
function leftOver({ stores, label }: LogFacts, needed: readonly NeededLogResource[]): LogPlan['remove'] {
  return stores.flatMap(({ key, served: resource, objects }) => {
    if (resource === undefined) return [];
    const kept = needed
      .filter(({ type }) => keyOf(type) === key)
      .map(({ manifest }) => manifest.metadata.name);
    const extra = objects.by('policy', label).filter(({ name }) => !kept.includes(name));
    return extra.map((object) => ({ resource, object }));
  });
}

interface Look {
  /** Undefined: nothing can be said yet. */
  readonly verdict: Verdict | undefined;
  readonly apply?: LogPlan['apply'][number];
}

function look(needed: NeededLogResource, facts: LogFacts, isObserving: boolean): Look {
  const key = keyOf(needed.type);
  const { state = 'unknown', served, fault, objects } = facts.stores.find((one) => one.key === key) ?? {};
  if (state === 'absent') return { verdict: crdMissing(key) };
  if (state !== 'synced' || served === undefined || objects === undefined)
    return { verdict: fault === undefined ? undefined : unreadable(key, fault) };
  return compare(needed, objects, served, facts, isObserving);
}

function compare(
  needed: NeededLogResource,
  objects: LogStore['objects'],
  resource: Resource,
  facts: LogFacts,
  isObserving: boolean,
): Look {
  const { name } = needed.manifest.metadata;
  const object = objects.get(objectKey(facts.namespace, name));
  const title = `${needed.type.kind} ${facts.namespace}/${name}`;
  if (object && policyOf(object) !== facts.label) return { verdict: notOurs(title, facts.label) };

  const body = bodyOf(needed, facts, resource);
  if (object && covers(object, body)) return { verdict: answerOf(needed, object, title) };
  if (isObserving) return { verdict: observing(title) };
  return { verdict: pending(title), apply: { resource, name, body } };
}

function bodyOf({ manifest }: NeededLogResource, { policy, namespace, label }: LogFacts, served: Resource) {
  const { kind } = resources.virtualNodePolicies;
  const { name = '', uid = '' } = policy ?? {};
  return {
    ...manifest,
    apiVersion: apiVersionOf(served),
    metadata: {
      ...manifest.metadata,
      namespace,
      labels: { [managedByLabel]: managedBy, [policyLabel]: label },
      // The garbage collector takes it away with its policy, also where no controller runs any more.
      ownerReferences: [{ apiVersion: apiVersionOf(resources.virtualNodePolicies), kind, name, uid }],
    },
  };
}

function answerOf({ answer }: NeededLogResource, { status }: LogObject, title: string): Verdict {
  const said = answer(status);
  if (said === undefined) return pending(title);
  return said.applied
    ? { is: true, reason: 'Applied', message: `${title}: ${said.message}` }
    : { is: false, reason: 'Refused', message: `${title}: its controller says: ${said.message}` };
}
