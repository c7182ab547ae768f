import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { ownScheduler } from '../../objects/well-known.js';
import type { Policy } from '../../policy/policy.js';
import { fault, ok, skipped, type Check, type Examination, type Finding, type Names } from '../check.js';
import { leases } from '../leases.js';
import { at, textAt } from '../look.js';
import { upgrade } from '../remedies.js';
import { readServing } from '../serving.js';

/**
 * Of the controllers, and of the scheduler where there is one, somebody leads: renews the Lease. That its time is fresh
 * by the clock of this machine is proof enough; where it is not, clocks may differ, so it is looked at again after as
 * long as a leader may take.
 */
export const leaders: Check = {
  id: 'leaders',
  needs: ['installation'],
  async run(examination) {
    const { names } = examination;
    const found = await Promise.all([
      lookAt({ name: names.controllers, lease: leases.controllers, unattended }, examination),
      lookAt({ name: names.scheduler, lease: leases.scheduler, unattended: unscheduled }, examination),
      missingScheduler(examination),
    ]);
    const findings = found.flatMap((one) => one ?? []);
    return findings.length > 0 ? findings : [skipped(`there is no Deployment ${names.controllers}`)];
  },
};

interface Component {
  /** Of its Deployment. */
  readonly name: string;
  readonly lease: string;
  /** What does not happen while nobody leads. */
  readonly unattended: string;
}

const unattended = 'marks that were missed are not repaired, and certificates are not renewed';
const unscheduled = `pods of ${ownScheduler} stay pending`;

/** Undefined: there is no such Deployment. */
async function lookAt(component: Component, { read, names, now, sleep }: Examination) {
  const { namespace } = names;
  const deployment = await read.get(resources.deployments, { namespace, name: component.name });
  if (deployment === undefined) return undefined;
  const target = { namespace, name: component.lease };
  const lease = await read.get(resources.leases, target);
  if (lease === undefined || holderOf(lease) === '' || isFresh(lease, now))
    return judgeLease(lease, undefined, { component, names, now });
  await sleep(durationOf(lease));
  return judgeLease(lease, await read.client.get(resources.leases, target), { component, names, now });
}

/** `later`: the same, its duration later; undefined: it was not looked at again. */
export function judgeLease(
  lease: KubeObject | undefined,
  later: KubeObject | undefined,
  {
    component: { name, unattended: then },
    names: { namespace },
    now,
  }: { readonly component: Component; readonly names: Pick<Names, 'namespace'>; readonly now: number },
): Finding {
  const kubectl = `kubectl -n ${namespace}`;
  const remedy = `${kubectl} describe deployment ${name}; ${kubectl} logs deployment/${name}`;
  const holder = lease === undefined ? '' : holderOf(lease);
  if (lease === undefined || holder === '') return fault(`nobody leads of ${name}: ${then}`, remedy);
  if (isFresh(lease, now) || (later !== undefined && renewalOf(later) !== renewalOf(lease)))
    return ok(`${holder} leads of ${name}`);
  return fault(`nobody leads of ${name} since ${renewalOf(lease)}: ${then}`, remedy);
}

async function missingScheduler(examination: Examination): Promise<Finding | undefined> {
  const { read, names } = examination;
  const target = { namespace: names.namespace, name: names.scheduler };
  if ((await read.get(resources.deployments, target)) !== undefined) return undefined;
  const { snapshot } = await readServing(examination);
  return judgeMissingScheduler(
    snapshot.index.ordered.map(({ policy }) => policy),
    names,
  );
}

/** Where there is no scheduler. */
export function judgeMissingScheduler(policies: readonly Policy[], names: Names): Finding | undefined {
  const asking = policies.filter(({ spec }) => spec.scheduling?.schedulerName === ownScheduler);
  if (asking.length === 0) return undefined;
  const which = asking.map(({ metadata }) => metadata.name).join(', ');
  const reason = `policy ${which} asks for ${ownScheduler}, and there is no Deployment ${names.scheduler}: such pods stay pending`;
  return fault(reason, upgrade(names, 'scheduler.enabled=true'));
}

const isFresh = (lease: KubeObject, now: number): boolean =>
  Math.abs(now - Date.parse(renewalOf(lease))) < durationOf(lease);

/** Milliseconds that a leader may take to renew it. */
function durationOf(lease: KubeObject): number {
  const seconds = at(lease, 'spec', 'leaseDurationSeconds');
  return typeof seconds === 'number' ? seconds * 1000 : 0;
}

const holderOf = (lease: KubeObject): string => textAt(lease, 'spec', 'holderIdentity');
const renewalOf = (lease: KubeObject): string => textAt(lease, 'spec', 'renewTime');
