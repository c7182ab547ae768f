import type { Container, PodSpec } from '../objects.js';

/** Thousandths of a core, and bytes. */
export interface Amount {
  readonly cpu: number;
  readonly memory: number;
}

const none: Amount = { cpu: 0, memory: 0 };

/**
 * What a pod asks for: the sum of its containers and sidecars, or what one init container needs with the sidecars
 * before it, whichever is more; plus overhead (component-helpers resource PodRequests).
 */
export function podRequests(spec: PodSpec): Amount {
  const main = sum((spec.containers ?? []).map(requestOf));
  let sidecars = none;
  let init = none;
  for (const container of spec.initContainers ?? []) {
    const asked = requestOf(container);
    if (container.restartPolicy === 'Always') sidecars = plus(sidecars, asked);
    init = most(init, container.restartPolicy === 'Always' ? sidecars : plus(sidecars, asked));
  }
  return plus(most(plus(main, sidecars), init), amountOf(spec.overhead));
}

export function amountOf(list: Readonly<Record<string, string | number>> | undefined): Amount {
  if (list === undefined) return none;
  return { cpu: Math.ceil(quantity(list['cpu']) * 1000), memory: quantity(list['memory']) };
}

export const plus = (a: Amount, b: Amount): Amount => ({ cpu: a.cpu + b.cpu, memory: a.memory + b.memory });

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
const requestOf = ({ resources }: Container): Amount =>
  amountOf({ ...resources?.limits, ...resources?.requests });

const sum = (amounts: readonly Amount[]): Amount => amounts.reduce(plus, none);
const most = (a: Amount, b: Amount): Amount => ({
  cpu: Math.max(a.cpu, b.cpu),
  memory: Math.max(a.memory, b.memory),
});
