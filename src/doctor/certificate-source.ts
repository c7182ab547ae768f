import type { KubeObject } from '../kube/object.js';
import type { Names } from './check.js';
import { upgrade } from './remedies.js';
import { settingsOf } from './settings.js';

/** Who makes the webhook's certificate: `certificates.source` of the chart. */
export type CertificateSource = 'self-managed' | 'cert-manager' | 'secret';

/** By what the controllers are told, and by what cert-manager's injector looks for. */
export function sourceOf(
  controllers: KubeObject | undefined,
  configuration: KubeObject | undefined,
): CertificateSource {
  if (controllers !== undefined && settingsOf(controllers).flag('certificates') === 'self-managed')
    return 'self-managed';
  const asked = configuration?.metadata.annotations?.['cert-manager.io/inject-ca-from'];
  return asked === undefined ? 'secret' : 'cert-manager';
}

/** What mends the certificate, and what the bundle by which it is trusted. */
export function certificateRemedies(
  source: CertificateSource,
  secret: string,
  names: Names,
): { readonly leaf: string; readonly bundle: string } {
  const kubectl = `kubectl -n ${names.namespace}`;
  switch (source) {
    case 'self-managed': {
      const restart = `${kubectl} rollout restart deployment/${names.controllers}`;
      return {
        leaf: `${kubectl} delete secret ${secret} --ignore-not-found && ${restart}`,
        bundle: restart,
      };
    }
    case 'cert-manager':
      return {
        leaf: `${kubectl} describe certificate ${names.webhook}`,
        bundle: 'kubectl -n cert-manager logs deployment/cert-manager-cainjector',
      };
    case 'secret': {
      const host = `${names.webhook}.${names.namespace}.svc`;
      return {
        leaf: `put a pair for ${host} into it: ${kubectl} create secret tls ${secret} --cert=tls.crt --key=tls.key --dry-run=client -o yaml | kubectl apply -f -`,
        bundle: `${upgrade(names)} --set-file certificates.caBundle=ca.crt`,
      };
    }
  }
}
