import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { CertificateFlags } from './controllers-flags.js';

export const adoptionLane = (perSecond: number) => ({ perSecond, burst: perSecond, inFlight: 8 });

/** The names are those by which an API server calls a Service (k8s.io/apiserver/pkg/util/webhook). */
export const certificatesOf = (
  { service, servingSecret, authoritySecret, configuration }: CertificateFlags,
  namespace: string,
) => ({
  places: { namespace, servingSecret, authoritySecret, configuration },
  names: [
    `${service}.${namespace}.svc`,
    `${service}.${namespace}`,
    `${service}.${namespace}.svc.cluster.local`,
  ],
});

/** Whoever holds it writes. */
export const leaseOf = (namespace: string) => ({
  namespace,
  name: 'tidegate-controllers',
  identity: `${hostname()}_${randomUUID()}`,
});
