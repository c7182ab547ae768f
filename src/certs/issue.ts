import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** A certificate and its private key, as PEM. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly days: number;
}

/** A certificate authority of its own, for development and tests: it signs leaves, no further authority. */
export async function issueCa(commonName: string, validity: Validity): Promise<PemPair> {
  const keys = await newKeys();
  const name = [{ name: 'commonName', value: commonName }];
  const certificate = draft(keys, name, name, validity);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return sign(certificate, keys.pem, keys.privateKey);
}

export interface LeafOptions extends Validity {
  readonly commonName: string;
  /** Default: none. */
  readonly dnsNames?: readonly string[];
  /** IPv4 and IPv6 addresses. Default: none. */
  readonly addresses?: readonly string[];
  readonly usage: 'server' | 'client';
}

/** A certificate that `ca` signs. It ends no later than the authority's own. */
export async function issueLeaf(ca: PemPair, options: LeafOptions): Promise<PemPair> {
  const issuer = forge.pki.certificateFromPem(ca.cert);
  const keys = await newKeys();
  const subject = [{ name: 'commonName', value: options.commonName }];
  const certificate = draft(keys, subject, issuer.subject.attributes, options);
  if (certificate.validity.notAfter > issuer.validity.notAfter) {
    certificate.validity.notAfter = issuer.validity.notAfter;
  }
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: options.usage === 'server', clientAuth: options.usage === 'client' },
    ...alternativeNames(options),
    { name: 'subjectKeyIdentifier' },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
    },
  ]);
  return sign(certificate, keys.pem, forge.pki.privateKeyFromPem(ca.key));
}

interface Keys {
  readonly pem: string;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly publicKey: forge.pki.rsa.PublicKey;
}

/** RSA, because node-forge signs no EC certificate; made by node:crypto, off the loop (node-forge takes over a second). */
async function newKeys(): Promise<Keys> {
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    pem: pair.privateKey,
    privateKey: forge.pki.privateKeyFromPem(pair.privateKey),
    publicKey: forge.pki.publicKeyFromPem(pair.publicKey),
  };
}

const minute = 60_000;
const day = 24 * 60 * minute;

function draft(
  { publicKey }: Keys,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  { now, days }: Validity,
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = serial();
  // Five minutes back: the clock of whoever checks it may be behind.
  certificate.validity.notBefore = new Date(now - 5 * minute);
  certificate.validity.notAfter = new Date(now + days * day);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  return certificate;
}

/** 124 random bits: unique without a register, and positive, as RFC 5280 §4.1.2.2 asks. */
function serial(): string {
  return `4${randomBytes(16).toString('hex').slice(1)}`;
}

/** GeneralName types of RFC 5280 §4.2.1.6. */
const generalName = { dns: 2, ip: 7 } as const;

function alternativeNames({ dnsNames = [], addresses = [] }: LeafOptions): object[] {
  const altNames = [
    ...dnsNames.map((value) => ({ type: generalName.dns, value })),
    ...addresses.map((ip) => ({ type: generalName.ip, ip })),
  ];
  return altNames.length === 0 ? [] : [{ name: 'subjectAltName', altNames }];
}

function sign(certificate: forge.pki.Certificate, key: string, signer: forge.pki.rsa.PrivateKey): PemPair {
  certificate.sign(signer, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key };
}
