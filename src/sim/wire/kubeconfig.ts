import { stringify } from 'yaml';
import type { KeyPair } from './certificate.js';

/** A kubeconfig for the box; what it says is valid as long as the box runs. */
export function kubeconfig(
  url: string,
  caBundle: string,
  user: { readonly token: string } | { readonly certificate: KeyPair },
): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const credentials =
    'token' in user
      ? { token: user.token }
      : {
          'client-certificate-data': base64(user.certificate.certificate),
          'client-key-data': base64(user.certificate.key),
        };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'box', cluster: { server: url, 'certificate-authority-data': base64(caBundle) } }],
    users: [{ name: 'admin', user: credentials }],
    contexts: [{ name: 'box', context: { cluster: 'box', user: 'admin' } }],
    'current-context': 'box',
  });
}
