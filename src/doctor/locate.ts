import { resources } from '../kube/resource.js';
import type { Names } from './check.js';
import { objectsAt, textAt } from './look.js';
import { namesOf } from './names.js';
import type { Reader } from './reader.js';

const usualNamespace = 'tidegate-system';

/**
 * What the objects of a release are called, and where they are: where its webhook configuration says, else in the
 * usual namespace. Never rejects: whoever cannot be asked is told of by the first check.
 */
export async function locate(
  read: Pick<Reader, 'get'>,
  { release, namespace }: { readonly release: string; readonly namespace: string | undefined },
): Promise<Names> {
  const usual = namesOf(release, namespace ?? usualNamespace);
  if (namespace !== undefined) return usual;
  const found = await read.get(resources.mutatingWebhooks, { name: usual.fullname }).catch(() => undefined);
  const [said] = objectsAt(found, 'webhooks')
    .map((hook) => textAt(hook, 'clientConfig', 'service', 'namespace'))
    .filter((text) => text !== '');
  return said === undefined ? usual : namesOf(release, said);
}
