import type { KubeObject } from '../kube/object.js';
import { resources } from '../kube/resource.js';
import type { Labels } from '../objects/selector.js';
import { optInLabel, optInValue } from '../objects/well-known.js';
import { compile } from '../placement/compile.js';
import type { Snapshot } from '../placement/snapshot.js';
import { compileMatchers } from '../policy/matchers.js';
import { parsePolicy } from '../policy/parse.js';
import { apiVersion, policyKind } from '../policy/schema.js';
import { providers } from '../providers/registry.js';
import type { Examination } from './check.js';

/** What decides about workloads: as the webhook sees it, but that a faulty policy's last good generation is not known. */
export interface Serving {
  readonly snapshot: Snapshot;
  /** Names of the Namespaces that opted in and that the webhook is asked of, in order. */
  readonly optedIn: readonly string[];
}

/** @throws {KubeError} */
export async function readServing({ read, names }: Examination): Promise<Serving> {
  const [policies = [], namespaces = []] = await Promise.all([
    read.list(resources.virtualNodePolicies),
    read.list(resources.namespaces),
  ]);
  return toServing(policies, namespaces, names.namespace);
}

export function toServing(
  policies: readonly KubeObject[],
  namespaces: readonly KubeObject[],
  ownNamespace: string,
): Serving {
  const labels = new Map<string, Labels>(
    namespaces.map(({ metadata }) => [metadata.name ?? '', metadata.labels ?? {}]),
  );
  const good = policies.flatMap((object) => {
    const parsed = parsePolicy({ ...object, apiVersion, kind: policyKind });
    return parsed.ok ? [parsed.value] : [];
  });
  const excluded = new Set([ownNamespace, 'kube-system', 'kube-node-lease']);
  const open = namespaces.filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined && metadata.labels?.[optInLabel] === optInValue,
  );
  return {
    snapshot: {
      index: compileMatchers(good, (policy) => compile(policy, byName)),
      observe: false,
      namespaceLabels: (name) => labels.get(name),
    },
    optedIn: open
      .map(({ metadata }) => metadata.name ?? '')
      .filter((name) => !excluded.has(name))
      .sort(),
  };
}

const byName = new Map(providers.map((provider) => [provider.name, provider]));
