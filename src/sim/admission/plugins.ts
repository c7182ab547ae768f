import type { Core, Review } from '../api/call.js';
import { forbidden, notFound, notInTheBox } from '../api/status.js';
import { at, childOf, numberAt, objectsAt, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';

/** A built-in admission plug-in that changes or refuses an object. Runs before the webhooks, and again after them. */
export type Plugin = (core: Core, review: Review) => void;

const immortal = ['default', 'kube-system', 'kube-public'];

/** Nothing is made in a namespace that is missing or going; some namespaces stay. */
const namespaceLifecycle: Plugin = (core, { call, operation, name }) => {
  if (call.kind.storage === 'namespaces') {
    if (operation === 'DELETE' && immortal.includes(name)) {
      throw forbidden(call.kind, name, 'this namespace may not be deleted');
    }
    return;
  }
  if (!call.kind.namespaced || operation === 'DELETE') return;
  const namespace = core.store.get('namespaces', '', call.namespace);
  if (namespace === undefined) {
    const kind = core.kinds.named('namespaces') ?? call.kind;
    throw notFound(kind, call.namespace);
  }
  if (operation !== 'CREATE' || namespace.metadata.deletionTimestamp === undefined) return;
  throw forbidden(
    call.kind,
    name,
    `unable to create new content in namespace ${call.namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${call.namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
};

/** A new node takes no pods until somebody says it is ready. */
const taintNodes: Plugin = (_, { call, operation, object }) => {
  if (call.kind.storage !== 'nodes' || operation !== 'CREATE' || object === undefined) return;
  const spec = childOf(object, 'spec');
  const taints = objectsAt(spec, 'taints');
  const key = 'node.kubernetes.io/not-ready';
  if (taints.some((taint) => taint['key'] === key && taint['effect'] === 'NoSchedule')) return;
  spec['taints'] = [...taints, { key, effect: 'NoSchedule' }];
};

const topologyLabels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** A Pod learns its zone and region from its node, in the write that binds it. */
const podTopologyLabels: Plugin = (core, { type, operation, object }) => {
  if (type.kind !== 'Binding' || operation !== 'CREATE' || object === undefined) return;
  const node = core.store.get('nodes', '', textAt(object, 'target', 'name'));
  for (const key of topologyLabels) {
    const value = node?.metadata.labels?.[key];
    if (value !== undefined) childOf(childOf(object, 'metadata'), 'labels')[key] = value;
  }
};

const isNewPod = ({ call, operation, type }: Review): boolean =>
  operation === 'CREATE' && call.kind.storage === 'pods' && type.kind === 'Pod';

/** `spec.priority` from the PriorityClass. */
const priority: Plugin = (core, review) => {
  if (!isNewPod(review) || review.object === undefined) return;
  const spec = childOf(review.object, 'spec');
  const found = priorityClassOf(core, review, textAt(spec, 'priorityClassName'));
  const value = numberAt(found, 'value') ?? 0;
  const given = numberAt(spec, 'priority') ?? value;
  if (given !== value) {
    throw forbidden(
      review.call.kind,
      review.name,
      `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  }
  if (found !== undefined) spec['priorityClassName'] = found.metadata.name;
  spec['priority'] = value;
  spec['preemptionPolicy'] ??= textAt(found, 'preemptionPolicy') || 'PreemptLowerPriority';
};

function priorityClassOf(core: Core, { call, name: pod }: Review, name: string): KubeObject | undefined {
  const resource = 'priorityclasses.scheduling.k8s.io';
  if (name === '') return core.store.list(resource).find((one) => one['globalDefault'] === true);
  const found = core.store.get(resource, '', name);
  if (found === undefined) throw forbidden(call.kind, pod, `no PriorityClass with name ${name} was found`);
  return found;
}

const waits = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Pods outlive an unready node by 300 s, unless they say otherwise; on updates too. */
const defaultTolerationSeconds: Plugin = (_, review) => {
  const { call, type } = review;
  if (type.kind !== 'Pod' || call.subresource !== '' || review.object === undefined) return;
  const spec = childOf(review.object, 'spec');
  for (const key of waits) {
    const tolerations = objectsAt(spec, 'tolerations');
    if (tolerations.some((toleration) => toleratesEviction(toleration, key))) continue;
    spec['tolerations'] = [
      ...tolerations,
      { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
    ];
  }
};

function toleratesEviction(toleration: Draft, key: string): boolean {
  const effect = textAt(toleration, 'effect');
  const own = textAt(toleration, 'key');
  return (own === key || own === '') && (effect === 'NoExecute' || effect === '');
}

/** What the API knows and the box does not act upon is refused, so that nobody relies on it. */
const refuseUnsupported: Plugin = (_, { type, operation, object }) => {
  if (operation === 'DELETE' || object === undefined) return;
  if (type.kind === 'Pod' && at(object, 'spec', 'resourceClaims') !== undefined) {
    throw notInTheBox('resource claims of pods');
  }
  const conversion = at(object, 'spec', 'conversion', 'strategy');
  if (type.kind === 'CustomResourceDefinition' && conversion === 'Webhook') {
    throw notInTheBox('conversion webhooks of CustomResourceDefinitions');
  }
};

/** In kube-apiserver's order (pkg/kubeapiserver/options/plugins.go). */
export const plugins: readonly Plugin[] = [
  namespaceLifecycle,
  taintNodes,
  podTopologyLabels,
  priority,
  defaultTolerationSeconds,
  refuseUnsupported,
];

/** @throws StatusError */
export function runPlugins(core: Core, review: Review): void {
  for (const plugin of plugins) plugin(core, review);
}
