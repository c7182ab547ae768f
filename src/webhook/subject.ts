import type { PeerCertificate } from 'node:tls';

/**
 * Does the certificate carry this name, as a common name or as a subject alternative name of any type?
 *
 * Node quotes an alternative name that holds a separator (CVE-2021-44532); where one is quoted, none is trusted.
 */
export function carriesSubject(certificate: Partial<PeerCertificate>, name: string): boolean {
  return commonNames(certificate).includes(name) || alternativeNames(certificate).includes(name);
}

function commonNames(certificate: Partial<PeerCertificate>): readonly string[] {
  const names: string | readonly string[] | undefined = certificate.subject?.CN;
  return names === undefined ? [] : [names].flat();
}

function alternativeNames({ subjectaltname = '' }: Partial<PeerCertificate>): readonly string[] {
  if (subjectaltname.includes('"')) return [];
  return subjectaltname.split(', ').map((entry) => entry.slice(entry.indexOf(':') + 1));
}
