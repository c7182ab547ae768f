type ResourceList = Readonly<Record<string, string | number>>;

/** What of a container says how much it needs. */
export interface SizedContainer {
  readonly name?: string;
  readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList };
  /** `Always`: a sidecar, among the init containers. */
  readonly restartPolicy?: string;
}

/** What of a pod's spec says how much it needs. */
export interface SizedSpec {
  readonly containers?: readonly SizedContainer[];
  readonly initContainers?: readonly SizedContainer[];
  readonly overhead?: ResourceList;
  /** Of the pod as a whole (Kubernetes 1.34, beta): in place of the sum of its containers. */
  readonly resources?: SizedContainer['resources'];
}

/** What of a pod's status says how much its kubelet gives it: while it is resized in place, that is not what it asks for. */
export interface SizedStatus {
  readonly containerStatuses?: readonly SizedContainerStatus[];
  readonly initContainerStatuses?: readonly SizedContainerStatus[];
  readonly resources?: SizedContainer['resources'];
  readonly allocatedResources?: ResourceList;
  readonly conditions?: readonly { readonly type: string; readonly reason?: string }[];
}

interface SizedContainerStatus {
  readonly name: string;
  readonly resources?: SizedContainer['resources'];
  readonly allocatedResources?: ResourceList;
}

/** What nodes are divided by. */
export interface Amount {
  /** Thousandths of a core. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes of ephemeral storage. */
  readonly storage: number;
}

export const noAmount: Amount = { cpu: 0, memory: 0, storage: 0 };

/**
 * What a pod asks for: the sum of its containers and sidecars, or what one init container needs with the sidecars
 * before it, whichever is more; plus overhead. What its kubelet gives it counts where that is more (component-helpers
 * resource PodRequests with UseStatusResources).
 */
export function podRequests(spec: SizedSpec, status: SizedStatus = {}): Amount {
  const given = givenBy(status);
  const main = sum((spec.containers ?? []).map((one) => given(one, requestOf(one))));
  let sidecars = noAmount;
  let init = noAmount;
  for (const container of spec.initContainers ?? []) {
    const isSidecar = container.restartPolicy === 'Always';
    const asked = isSidecar ? given(container, requestOf(container)) : requestOf(container);
    if (isSidecar) sidecars = plus(sidecars, asked);
    init = most(init, isSidecar ? sidecars : plus(sidecars, asked));
  }
  return plus(wholeOf(spec, status, most(plus(main, sidecars), init)), amountOf(spec.overhead));
}

type Given = (container: SizedContainer, asked: Amount) => Amount;

function givenBy(status: SizedStatus): Given {
  const known = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].filter(
    ({ resources }) => resources !== undefined,
  );
  if (known.length === 0) return (_, asked) => asked;
  return ({ name }, asked) => {
    const one = known.find((other) => other.name === name);
    return one === undefined ? asked : effective(status, asked, one);
  };
}

/** A resize that cannot be is not counted. */
function effective(
  { conditions = [] }: SizedStatus,
  asked: Amount,
  { resources, allocatedResources }: Omit<SizedContainerStatus, 'name'>,
): Amount {
  const given = most(amountOf(resources?.requests), amountOf(allocatedResources));
  const isInfeasible = conditions.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';
  return isInfeasible ? given : most(asked, given);
}

/** What the pod as a whole asks for takes the place of the sum, resource by resource. */
function wholeOf({ resources }: SizedSpec, status: SizedStatus, sum: Amount): Amount {
  const whole = { ...resources?.limits, ...resources?.requests };
  const own = status.resources === undefined ? amountOf(whole) : effective(status, amountOf(whole), status);
  return {
    cpu: 'cpu' in whole ? own.cpu : sum.cpu,
    memory: 'memory' in whole ? own.memory : sum.memory,
    storage: sum.storage,
  };
}

export function amountOf(list: ResourceList | undefined): Amount {
  if (list === undefined) return noAmount;
  return {
    cpu: milli(quantity(list['cpu'])),
    memory: quantity(list['memory']),
    storage: quantity(list['ephemeral-storage']),
  };
}

/** Rounded up, as Kubernetes does, but not by what a binary fraction is off: 940m is 940. */
const milli = (cores: number): number => Math.ceil(Number((cores * 1000).toFixed(6)));

export const plus = (a: Amount, b: Amount): Amount => combined(a, b, (one, other) => one + other);
export const minus = (a: Amount, b: Amount): Amount => combined(a, b, (one, other) => one - other);

const combined = (a: Amount, b: Amount, by: (one: number, other: number) => number): Amount => ({
  cpu: by(a.cpu, b.cpu),
  memory: by(a.memory, b.memory),
  storage: by(a.storage, b.storage),
});

/** A quantity as a number; 0 where it is none. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export function quantity(value: string | number | undefined): number {
  if (typeof value === 'number') return value;
  const match = /^([+-]?[0-9.]+)(e[+-]?\d+|E[+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/.exec(value ?? '');
  if (match === null) return 0;
  const [, digits = '', suffix = ''] = match;
  if (/^[eE][+-]?\d/.test(suffix)) return Number(`${digits}${suffix}`);
  return Number(digits) * (suffixes[suffix] ?? 1);
}

const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A limit without a request is the request too (core/v1 SetDefaults_Pod). */
const requestOf = ({ resources }: SizedContainer): Amount =>
  amountOf({ ...resources?.limits, ...resources?.requests });

const sum = (amounts: readonly Amount[]): Amount => amounts.reduce(plus, noAmount);
export const isSameAmount = (a: Amount, b: Amount): boolean =>
  a.cpu === b.cpu && a.memory === b.memory && a.storage === b.storage;
const most = (a: Amount, b: Amount): Amount => combined(a, b, Math.max);
