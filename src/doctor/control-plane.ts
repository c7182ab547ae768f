import type { KubeObject } from '../kube/object.js';
import { resources } from '../kube/resource.js';
import type { Rate } from '../midnight/token-bucket.js';
import { objectsAt, textsAt } from './look.js';
import type { Reader } from './reader.js';

/** What a component of the control plane may ask of the API server, as its flags say. */
export interface SeenLimits extends Rate {
  /** A configuration file may say otherwise: what is in it is not to be seen. */
  readonly byFile: boolean;
}

/** Undefined: the component runs where it is not to be seen, as in a managed control plane. */
export interface ControlPlane {
  readonly controllerManager: SeenLimits | undefined;
  readonly scheduler: SeenLimits | undefined;
}

/** Of each controller's own client: --kube-api-qps and --kube-api-burst of kube-controller-manager. */
export const controllerManagerDefaults: Rate = { perSecond: 20, burst: 30 };

/** Of kube-scheduler: ClientConnection of its configuration. */
export const schedulerDefaults: Rate = { perSecond: 50, burst: 100 };

/** @throws {KubeError} */
export async function readControlPlane(read: Reader): Promise<ControlPlane> {
  const pods = (await read.list(resources.pods, { namespace: 'kube-system', labelSelector })) ?? [];
  return {
    controllerManager: limitsIn(pods, 'kube-controller-manager', controllerManagerDefaults),
    scheduler: limitsIn(pods, 'kube-scheduler', schedulerDefaults),
  };
}

/** kubeadm's label of the static pods of a control plane (cmd/kubeadm/app/util/staticpod/utils.go). */
const labelSelector = 'tier=control-plane';

/** Several replicas have the same flags, or one of them leads and nobody knows which. */
export function limitsIn(
  pods: readonly KubeObject[],
  component: string,
  defaults: Rate,
): SeenLimits | undefined {
  const pod = pods.find(({ metadata }) => metadata.labels?.['component'] === component);
  if (pod === undefined) return undefined;
  const [container] = objectsAt(pod, 'spec', 'containers');
  const words = [...textsAt(container, 'command'), ...textsAt(container, 'args')];
  const flag = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const number = (name: string, fallback: number): number => {
    const value = Number(flag(name) ?? fallback);
    return value > 0 ? value : fallback;
  };
  return {
    perSecond: number('kube-api-qps', defaults.perSecond),
    burst: number('kube-api-burst', defaults.burst),
    byFile: flag('config') !== undefined,
  };
}
