import { messageOf } from '../../errors.js';
import type { ServerVersion } from '../../kube/version.js';
import { fault, ok, type Check, type Finding } from '../check.js';

/** matchConditions of webhooks are stable since then, and the chart asks for it (Chart.yaml `kubeVersion`). */
const oldest = { major: 1, minor: 30 };

/** It answers, and is of a version that tidegate runs on. */
export const apiServer: Check = {
  id: 'api-server',
  needs: [],
  async run({ read }) {
    try {
      return [judgeVersion(await read.client.version({ retries: 1, timeoutMs: 10_000 }))];
    } catch (error) {
      return [fault(`the API server cannot be asked: ${messageOf(error)}`, 'kubectl version')];
    }
  },
};

export function judgeVersion({ gitVersion, major, minor }: ServerVersion): Finding {
  const isOld = major < oldest.major || (major === oldest.major && minor < oldest.minor);
  return isOld
    ? fault(
        `Kubernetes ${gitVersion} is older than ${oldest.major}.${oldest.minor}, the oldest that tidegate runs on`,
        'upgrade the control plane',
      )
    : ok(`Kubernetes ${gitVersion} answers`);
}
