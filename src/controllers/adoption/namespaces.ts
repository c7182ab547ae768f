import { AppError } from '../../errors.js';
import type { Client } from '../../kube/client.js';
import { pages } from '../../kube/pages.js';
import { resources } from '../../kube/resource.js';
import type { Labels } from '../../objects/selector.js';

/**
 * Labels of every Namespace, by its name.
 *
 * @param wanted Names that are expected among them.
 * @throws {AppError} object-not-found: one that is not there would look like one in which nothing is to be done.
 * @throws {KubeError}
 */
export async function readNamespaces(
  client: Pick<Client, 'list'>,
  wanted: readonly string[] = [],
): Promise<ReadonlyMap<string, Labels>> {
  const labels = new Map<string, Labels>();
  for await (const { metadata } of pages(client, resources.namespaces, { metadataOnly: true }))
    labels.set(metadata.name ?? '', metadata.labels ?? {});
  const missing = wanted.filter((name) => !labels.has(name));
  if (missing.length === 0) return labels;
  throw new AppError(
    'object-not-found',
    `the cluster has no namespace${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`,
  );
}
