import forge from 'node-forge';
import { issueCa, issueLeaf, type PemPair } from '../../src/certs/issue.js';

export interface TestCertificates {
  readonly ca: PemPair;
  readonly server: PemPair;
}

/** An authority and a certificate for `localhost` and 127.0.0.1. Takes some hundred milliseconds: make one a file. */
export async function testCertificates(): Promise<TestCertificates> {
  const ca = await issueCa('test CA', { now: Date.now(), days: 1 });
  return { ca, server: await serverCertificate(ca) };
}

export function serverCertificate(ca: PemPair): Promise<PemPair> {
  return issueLeaf(ca, {
    commonName: 'test server',
    dnsNames: ['localhost'],
    addresses: ['127.0.0.1'],
    usage: 'server',
    now: Date.now(),
    days: 1,
  });
}

export function clientCertificate(
  ca: PemPair,
  commonName: string,
  dnsNames: string[] = [],
): Promise<PemPair> {
  return issueLeaf(ca, { commonName, dnsNames, usage: 'client', now: Date.now(), days: 1 });
}

/** A leaf that has signed itself and may sign nothing, as cert-manager's SelfSigned issuer makes it. */
export function selfSignedLeaf(
  dnsName: string,
  { now, days }: { readonly now: number; readonly days: number },
): PemPair {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '03';
  certificate.validity.notBefore = new Date(now);
  certificate.validity.notAfter = new Date(now + days * 24 * 3_600_000);
  certificate.setSubject([{ name: 'commonName', value: dnsName }]);
  certificate.setIssuer([{ name: 'commonName', value: dnsName }]);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'subjectAltName', altNames: [{ type: 2, value: dnsName }] },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return {
    cert: forge.pki.certificateToPem(certificate),
    key: forge.pki.privateKeyToPem(keys.privateKey),
  };
}

/** An authority that another one has signed, to sign leaves with. */
export function intermediateOf(root: PemPair, commonName: string): PemPair {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const issuer = forge.pki.certificateFromPem(root.cert);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '02';
  certificate.validity.notBefore = issuer.validity.notBefore;
  certificate.validity.notAfter = issuer.validity.notAfter;
  certificate.setSubject([{ name: 'commonName', value: commonName }]);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(root.key), forge.md.sha256.create());
  const key = forge.pki.privateKeyToPem(keys.privateKey);
  return { cert: forge.pki.certificateToPem(certificate), key };
}
