import { identityOf, type KubeObject, type ObjectMeta } from '../kube/object.js';
import type { Taint } from '../objects/pod.js';
import { amountOf, quantity, type Amount } from '../objects/resources.js';
import type { Labels } from '../objects/selector.js';
import { fitProviders } from '../providers/registry.js';
import type { Provider } from '../providers/provider.js';

/** A node that this scheduler may use. */
export interface SchedulerNode {
  /** Empty: nodes have none. */
  readonly namespace: '';
  readonly name: string;
  readonly uid: string;
  readonly labels: Labels;
  /** Those that keep pods away: NoSchedule and NoExecute. */
  readonly taints: readonly Taint[];
  readonly isCordoned: boolean;
  readonly allocatable: Amount;
  /** How many pods it may hold. */
  readonly podLimit: number;
  /** Presets that it fits, the most specific first; none: an ordinary node of the pool to fall back to. */
  readonly providers: readonly Provider[];
  /** Empty where the node does not say. */
  readonly zone: string;
}

/** `key` or `key=value`, as on the label of a pool's nodes. */
export interface PoolLabel {
  readonly key: string;
  /** Undefined: any. */
  readonly value?: string;
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone */
const zoneLabel = 'topology.kubernetes.io/zone';

/** What is kept of a Node; undefined: neither virtual nor of the pool. */
export const toSchedulerNode =
  (pool: PoolLabel) =>
  (node: KubeObject): SchedulerNode | undefined => {
    const { metadata, spec, status } = node as unknown as Node;
    const { taints, unschedulable } = { ...ordinary, ...spec };
    const { allocatable } = { ...status };
    const labels = metadata.labels ?? {};
    const providers = fitProviders(labels, taints);
    if (providers.length === 0 && !isOf(pool, labels)) return undefined;
    return {
      ...identityOf(metadata),
      namespace: '',
      labels,
      taints: taints.filter(({ effect }) => effect !== 'PreferNoSchedule'),
      isCordoned: unschedulable,
      allocatable: amountOf(allocatable),
      podLimit: quantity(allocatable?.['pods']),
      providers,
      zone: labels[zoneLabel] ?? '',
    };
  };

interface Node {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly taints?: readonly Taint[]; readonly unschedulable?: boolean };
  readonly status?: { readonly allocatable?: Readonly<Record<string, string>> };
}

const ordinary: { readonly taints: readonly Taint[]; readonly unschedulable: boolean } = {
  taints: [],
  unschedulable: false,
};

const isOf = ({ key, value }: PoolLabel, labels: Labels): boolean =>
  Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);

export const isVirtual = ({ providers }: Pick<SchedulerNode, 'providers'>): boolean => providers.length > 0;

/** A Node writes its status every ten seconds or more; most of that changes nothing here. */
export const isSameNode = (a: SchedulerNode, b: SchedulerNode): boolean =>
  JSON.stringify(textOf(a)) === JSON.stringify(textOf(b));

const textOf = ({ providers, ...rest }: SchedulerNode) => [providers.map(({ name }) => name), rest];
