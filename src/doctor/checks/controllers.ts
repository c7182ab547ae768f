import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { fault, ok, skipped, type Check, type Finding, type Names } from '../check.js';
import { at, textAt } from '../look.js';

/**
 * One of the controllers leads: it renews its Lease. That its time is fresh by the clock of this machine is proof
 * enough; where it is not, clocks may differ, so it is looked at again after as long as a leader may take.
 */
export const controllers: Check = {
  id: 'controllers',
  needs: ['installation'],
  async run({ read, names, now, sleep }) {
    const { namespace } = names;
    const deployment = await read.get(resources.deployments, { namespace, name: names.controllers });
    if (deployment === undefined) return [skipped(`there is no Deployment ${names.controllers}`)];
    const target = { namespace, name: leaseName };
    const lease = await read.get(resources.leases, target);
    if (lease === undefined || holderOf(lease) === '' || isFresh(lease, now))
      return [judgeLease(lease, undefined, { names, now })];
    await sleep(durationOf(lease));
    return [judgeLease(lease, await read.client.get(resources.leases, target), { names, now })];
  },
};

/** As src/cmd/controllers-parts.ts calls it, whatever the release is called. */
const leaseName = 'tidegate-controllers';

/** `later`: the same, its duration later; undefined: it was not looked at again. */
export function judgeLease(
  lease: KubeObject | undefined,
  later: KubeObject | undefined,
  { names, now }: { readonly names: Names; readonly now: number },
): Finding {
  const kubectl = `kubectl -n ${names.namespace}`;
  const remedy = `${kubectl} get pods -l app.kubernetes.io/component=controllers; ${kubectl} logs deployment/${names.controllers}`;
  const holder = lease === undefined ? '' : holderOf(lease);
  if (lease === undefined || holder === '') return fault(`nobody leads: ${unattended}`, remedy);
  if (isFresh(lease, now) || (later !== undefined && renewalOf(later) !== renewalOf(lease)))
    return ok(`${holder} leads`);
  return fault(`${holder} leads no more, since ${renewalOf(lease)}: ${unattended}`, remedy);
}

const unattended = 'marks that were missed are not repaired, and certificates are not renewed';

const isFresh = (lease: KubeObject, now: number): boolean =>
  Math.abs(now - Date.parse(renewalOf(lease))) < durationOf(lease);

/** Milliseconds that a leader may take to renew it. */
function durationOf(lease: KubeObject): number {
  const seconds = at(lease, 'spec', 'leaseDurationSeconds');
  return typeof seconds === 'number' ? seconds * 1000 : 0;
}

const holderOf = (lease: KubeObject): string => textAt(lease, 'spec', 'holderIdentity');
const renewalOf = (lease: KubeObject): string => textAt(lease, 'spec', 'renewTime');
