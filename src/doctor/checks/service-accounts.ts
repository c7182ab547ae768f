import { resources } from '../../kube/resource.js';
import { refusedOf, serviceAccount, textOf, type Access } from '../access.js';
import { fault, orOk, type Check, type Finding, type Names } from '../check.js';
import { controllersGrants, schedulerGrants, webhookGrants } from '../grants.js';
import { putBack } from '../remedies.js';
import { settingsOf, type Settings } from '../settings.js';

/** Every verb that the chart's roles give is there: asked of the API server, not read out of roles. */
export const serviceAccounts: Check = {
  id: 'service-accounts',
  needs: ['installation'],
  async run({ read, names }) {
    const { namespace } = names;
    const ask = async (name: string, grantsOf: (settings: Settings) => readonly Access[]) => {
      const deployment = await read.get(resources.deployments, { namespace, name });
      if (deployment === undefined) return [];
      const settings = settingsOf(deployment);
      const subject = serviceAccount(namespace, settings.serviceAccount);
      const refused = await refusedOf(read.client, subject, grantsOf(settings));
      return judgeAccess(settings.serviceAccount, refused, names);
    };
    const findings = await Promise.all([
      ask(names.webhook, () => webhookGrants(names)),
      ask(names.controllers, (settings) => controllersGrants(names, settings)),
      ask(names.scheduler, () => schedulerGrants(names)),
    ]);
    return orOk(findings.flat(), 'the ServiceAccounts may do all that they need');
  },
};

export function judgeAccess(account: string, refused: readonly Access[], names: Names): readonly Finding[] {
  if (refused.length === 0) return [];
  const reason = `ServiceAccount ${names.namespace}/${account} may not ${refused.map(textOf).join(', ')}`;
  return [fault(reason, putBack(names, 'rbac.create=true'))];
}
