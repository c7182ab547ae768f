import type { AuthorityTexts, LeafTexts } from '../../certs/plan.js';
import type { Client } from '../../kube/client.js';
import type { KubeObject } from '../../kube/object.js';
import { resources, type Resource, type Target } from '../../kube/resource.js';
import { isObject } from '../../objects/json.js';
import { getIfThere } from '../get-if-there.js';

/** Where the certificates are kept, and who is to trust them. */
export interface CertificatePlaces {
  readonly namespace: string;
  /** Secret with the authority and its key: only the controllers read it. */
  readonly authoritySecret: string;
  /** Secret with the leaf and the authorities: mounted by the webhook. */
  readonly servingSecret: string;
  /** MutatingWebhookConfiguration whose entries get the authorities. */
  readonly configuration: string;
}

/** What is there now; undefined: it is not. */
export interface CertificateState {
  readonly authority: KubeObject | undefined;
  readonly serving: KubeObject | undefined;
  readonly configuration: KubeObject | undefined;
}

/** @throws {KubeError} */
export async function observeCertificates(
  client: Pick<Client, 'get'>,
  places: CertificatePlaces,
  signal: AbortSignal,
): Promise<CertificateState> {
  const read = (resource: Resource, target: Target) => getIfThere(client, resource, target, signal);
  const { namespace } = places;
  const [authority, serving, configuration] = await Promise.all([
    read(resources.secrets, { namespace, name: places.authoritySecret }),
    read(resources.secrets, { namespace, name: places.servingSecret }),
    read(resources.mutatingWebhooks, { name: places.configuration }),
  ]);
  return { authority, serving, configuration };
}

/** When the last step of the authority was taken, RFC 3339. */
export const changedAnnotation = 'tidegate.io/changed-at';

export function authorityTexts(secret: KubeObject | undefined): AuthorityTexts {
  const text = textsOf(secret);
  return {
    cert: text('ca.crt'),
    key: text('ca.key'),
    nextCert: text('next.crt'),
    nextKey: text('next.key'),
    previousCert: text('previous.crt'),
    changedAt: Date.parse(secret?.metadata.annotations?.[changedAnnotation] ?? ''),
  };
}

export function leafTexts(secret: KubeObject | undefined): LeafTexts & { readonly bundle: string } {
  const text = textsOf(secret);
  return { cert: text('tls.crt'), key: text('tls.key'), bundle: text('ca.crt') };
}

function textsOf(secret: KubeObject | undefined): (key: string) => string {
  const data = isObject(secret?.['data']) ? secret['data'] : {};
  return (key) => {
    const value = data[key];
    return typeof value === 'string' ? Buffer.from(value, 'base64').toString() : '';
  };
}
