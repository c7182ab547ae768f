import type { Policy } from '../policy/policy.js';
import type { LogResourceType } from '../providers/provider.js';
import { findProvider, providers } from '../providers/registry.js';
import { firstWriter, type NeededLogResource } from './aspects/logs.js';

/** The name of its CustomResourceDefinition. */
export const keyOf = ({ plural, group }: LogResourceType): string => `${plural}.${group}`;

/** The log CRs that a policy needs, each once, in the order of its providers. */
export function logResources(policy: Policy): readonly NeededLogResource[] {
  const needed = new Map<string, NeededLogResource>();
  for (const { name } of policy.spec.placement.providers) {
    const provider = findProvider(name);
    const resource = provider && firstWriter(policy, provider)?.resource;
    if (resource) needed.set(`${keyOf(resource.type)} ${resource.manifest.metadata.name}`, resource);
  }
  return [...needed.values()];
}

/** Every kind of log CR that some provider needs. */
export const logResourceTypes: readonly LogResourceType[] = [
  ...new Map(
    providers
      .flatMap(({ logs: { kafka, sls, cls } = {} }) => [kafka?.resource, sls?.resource, cls?.resource])
      .flatMap((resource) => (resource ? [[keyOf(resource.type), resource.type] as const] : [])),
  ).values(),
];
