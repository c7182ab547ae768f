import type { Names } from './check.js';

/** Gives the release back what the chart renders, with other values where there are any. */
export function upgrade({ release, namespace }: Names, ...sets: readonly string[]): string {
  const flags = sets.map((set) => ` --set ${set}`).join('');
  return `helm upgrade ${release} charts/tidegate -n ${namespace} --reset-then-reuse-values${flags}`;
}

/** As `upgrade`, of what somebody has edited: Helm 4 applies server-side, which leaves to each writer what is theirs. */
export const putBack = (names: Names, ...sets: readonly string[]): string =>
  `${upgrade(names, ...sets)}  # where Helm 4 meets a conflict: --force-conflicts too`;

export const install = ({ release, namespace }: Names): string =>
  `helm install ${release} charts/tidegate -n ${namespace} --create-namespace --set image.repository=REGISTRY/tidegate`;

export const optIn = 'kubectl label namespace NAME tidegate.io/virtual-nodes=enabled';

export const applyCrd = 'tidegate policy crd | kubectl apply --server-side --force-conflicts -f -';
