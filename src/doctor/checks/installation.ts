import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { fault, ok, warning, type Check, type Examination, type Finding } from '../check.js';
import { install, upgrade } from '../remedies.js';

/** The release is there, and of the version of this build: what the other checks expect is this build's. */
export const installation: Check = {
  id: 'installation',
  needs: ['api-server'],
  async run(examination) {
    const { read, names } = examination;
    const { namespace } = names;
    const [webhook, controllers] = await Promise.all([
      read.get(resources.deployments, { namespace, name: names.webhook }),
      read.get(resources.deployments, { namespace, name: names.controllers }),
    ]);
    return judgeInstallation({ webhook, controllers }, examination);
  },
};

export function judgeInstallation(
  {
    webhook,
    controllers,
  }: { readonly webhook: KubeObject | undefined; readonly controllers: KubeObject | undefined },
  { names, version }: Pick<Examination, 'names' | 'version'>,
): readonly Finding[] {
  if (webhook === undefined) {
    const reason = `there is no Deployment ${names.webhook} in namespace ${names.namespace}: tidegate is not installed there`;
    return [fault(reason, install(names))];
  }
  const findings: Finding[] = [];
  if (controllers === undefined) {
    const reason = `there is no Deployment ${names.controllers}: marks that were missed are not repaired, and nobody renews certificates`;
    findings.push(warning(reason, upgrade(names, 'controllers.enabled=true')));
  }
  const installed = webhook.metadata.labels?.['app.kubernetes.io/version'];
  if (installed !== undefined && withoutV(installed) !== withoutV(version)) {
    const reason = `${installed} is installed, and what is expected here is of ${version}`;
    findings.push(warning(reason, `run the doctor of ${installed}, or ${upgrade(names)}`));
  }
  return findings.length > 0 ? findings : [ok(`${version} is in namespace ${names.namespace}`)];
}

/** Tags of repositories begin with it, versions do not. */
const withoutV = (version: string): string => version.replace(/^v/, '');
