import type { KubeObject } from '../kube/object.js';
import { objectsAt, textAt, textsAt } from './look.js';

/** Of a Deployment of the release: what it is told on its command line, and as whom it runs. */
export interface Settings {
  /** The value of `--flag=value`, '' for a bare `--flag`; undefined: it is not given. */
  flag(name: string): string | undefined;
  readonly serviceAccount: string;
  readonly replicas: number;
  /** The Secret of the volume with this name; '' where there is none. */
  secretOf(volume: string): string;
}

export function settingsOf(deployment: KubeObject): Settings {
  const pod = ['spec', 'template', 'spec'];
  const [container] = objectsAt(deployment, ...pod, 'containers');
  const args = textsAt(container, 'args');
  const { spec } = deployment as { readonly spec?: { readonly replicas?: unknown } };
  return {
    flag: (name) => {
      const arg = args.find((one) => one === `--${name}` || one.startsWith(`--${name}=`));
      return arg?.slice(name.length + 3);
    },
    serviceAccount: textAt(deployment, ...pod, 'serviceAccountName') || 'default',
    replicas: typeof spec?.replicas === 'number' ? spec.replicas : 1,
    secretOf: (volume) => {
      const found = objectsAt(deployment, ...pod, 'volumes').find((one) => textAt(one, 'name') === volume);
      return textAt(found, 'secret', 'secretName');
    },
  };
}
