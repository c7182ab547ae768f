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
