import { AppError } from '../../errors.js';
import type { Client } from '../../kube/client.js';
import type { KubeObject } from '../../kube/object.js';
import { resources } from '../../kube/resource.js';
import { managedBy, managedByLabel } from '../../objects/well-known.js';

export interface SecretWrite {
  readonly namespace: string;
  readonly name: string;
  /** As it was read; undefined: it is to be created. */
  readonly before: KubeObject | undefined;
  /** Texts by key; empty ones are left out. */
  readonly data: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Creates a Secret, or replaces its data where nobody has written it since it was read.
 *
 * @throws {AppError} secret-foreign, where somebody else's Secret has the name; KubeError.
 */
export async function writeSecret(
  client: Pick<Client, 'create' | 'update'>,
  { namespace, name, before, data, annotations = {} }: SecretWrite,
  signal: AbortSignal,
): Promise<void> {
  const kept = Object.entries(data).filter(([, text]) => text !== '');
  const encoded = Object.fromEntries(kept.map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
  if (before === undefined) {
    const metadata = { name, labels: { [managedByLabel]: managedBy }, annotations };
    const body = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata, data: encoded };
    await client.create(resources.secrets, { namespace }, body, { signal });
    return;
  }
  if (!isOurs(before)) {
    const message = `Secret ${namespace}/${name}: expected the label ${managedByLabel}: ${managedBy}, got another one's Secret; delete it or label it`;
    throw new AppError('secret-foreign', message);
  }
  const metadata = { ...before.metadata, annotations: { ...before.metadata.annotations, ...annotations } };
  const body = { ...before, metadata, data: encoded };
  await client.update(resources.secrets, { namespace, name }, body, { signal });
}

/** An empty one may have been made to be filled. */
const isOurs = ({ metadata: { labels = {} }, data }: KubeObject): boolean =>
  labels[managedByLabel] === managedBy || data === undefined || data === null;
