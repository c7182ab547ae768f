import { ownEntries } from '../certs/ca-bundle.js';
import type { KubeObject } from '../kube/object.js';
import { resources } from '../kube/resource.js';
import type { Names } from './check.js';
import { objectsAt, textAt } from './look.js';
import { namesFrom, namesOf } from './names.js';
import type { DoctorClient } from './reader.js';

const usual = { release: 'tidegate', namespace: 'tidegate-system' } as const;

/** What is said on the command line. */
export interface Wanted {
  readonly release: string | undefined;
  readonly namespace: string | undefined;
}

/**
 * What the objects of a release are called, and where they are: by its webhook configuration, which may have another
 * name where it is the only one (`fullnameOverride`). Never rejects: where nobody can be asked, or there is none, the
 * chart's own names.
 */
export async function locate(client: Pick<DoctorClient, 'list'>, wanted: Wanted): Promise<Names> {
  const { release = usual.release, namespace = usual.namespace } = wanted;
  const expected = namesOf(release, namespace);
  const own = await ownConfigurations(client);
  const [only] = own.length === 1 && wanted.release === undefined ? own : [];
  const found = own.find(({ metadata }) => metadata.name === expected.fullname) ?? only;
  return found === undefined ? expected : namesIn(found, expected, wanted.namespace);
}

function namesIn(configuration: KubeObject, expected: Names, namespace: string | undefined): Names {
  const { name = expected.fullname, annotations = {} } = configuration.metadata;
  return namesFrom(name, {
    release: annotations['meta.helm.sh/release-name'] ?? expected.release,
    namespace: namespace ?? namespaceIn(configuration) ?? expected.namespace,
  });
}

async function ownConfigurations(client: Pick<DoctorClient, 'list'>): Promise<readonly KubeObject[]> {
  try {
    const options = { retries: 0, timeoutMs: 10_000 };
    const { items } = await client.list(resources.mutatingWebhooks, {}, options);
    return items.filter((one) => ownEntries(one).length > 0);
  } catch {
    return [];
  }
}

const namespaceIn = (configuration: KubeObject): string | undefined =>
  objectsAt(configuration, 'webhooks')
    .map((hook) => textAt(hook, 'clientConfig', 'service', 'namespace'))
    .find((text) => text !== '');
