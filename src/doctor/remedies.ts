import type { Names } from './check.js';

/** Gives the release back what the chart renders, with other values where there are any. */
export function upgrade({ release, namespace }: Names, ...sets: readonly string[]): string {
  const flags = sets.map((set) => ` --set ${set}`).join('');
  return `helm upgrade ${release} charts/tidegate -n ${namespace} --reuse-values${flags}`;
}

export const install = ({ release, namespace }: Names): string =>
  `helm install ${release} charts/tidegate -n ${namespace} --create-namespace --set image.repository=REGISTRY/tidegate`;

export const optIn = 'kubectl label namespace NAME tidegate.io/virtual-nodes=enabled';

export const applyCrd = 'tidegate policy crd | kubectl apply --server-side --force-conflicts -f -';
