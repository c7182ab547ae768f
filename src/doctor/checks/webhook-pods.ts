import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { fault, ok, warning, type Check, type Finding, type Names } from '../check.js';
import { at, objectsAt, textsAt } from '../look.js';
import { settingsOf } from '../settings.js';

/** Pods of the webhook are ready, by what the API server reaches them through: the endpoints of their Service. */
export const webhookPods: Check = {
  id: 'webhook-pods',
  needs: ['installation'],
  async run({ read, names }) {
    const { namespace } = names;
    const labelSelector = `kubernetes.io/service-name=${names.webhook}`;
    const [deployment, slices = []] = await Promise.all([
      read.get(resources.deployments, { namespace, name: names.webhook }),
      read.list(resources.endpointSlices, { namespace, labelSelector }),
    ]);
    const wanted = deployment === undefined ? 1 : settingsOf(deployment).replicas;
    return [judgePods(slices, wanted, names)];
  },
};

export function judgePods(slices: readonly KubeObject[], wanted: number, names: Names): Finding {
  // A dual-stack Service has a slice a family: the same pods twice.
  const perFamily = Map.groupBy(slices, ({ addressType }) => addressType);
  const ready = Math.max(0, ...[...perFamily.values()].map((same) => same.flatMap(readyOf).length));
  const remedy = `kubectl -n ${names.namespace} get pods -l app.kubernetes.io/component=webhook; kubectl -n ${names.namespace} logs deployment/${names.webhook}`;
  if (ready === 0) {
    const reason = `no pod of ${names.webhook} is ready: every write passes unchanged`;
    return fault(reason, remedy);
  }
  return ready < wanted
    ? warning(`${ready} of ${wanted} pods of ${names.webhook} are ready`, remedy)
    : ok(`${ready} pods of ${names.webhook} are ready`);
}

/** `conditions.ready` that is absent counts as true (discovery/v1 EndpointConditions). */
const readyOf = (slice: KubeObject): readonly string[] =>
  objectsAt(slice, 'endpoints')
    .filter((endpoint) => at(endpoint, 'conditions', 'ready') !== false)
    .flatMap((endpoint) => textsAt(endpoint, 'addresses').slice(0, 1));
