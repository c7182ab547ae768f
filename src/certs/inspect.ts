import { createPrivateKey, X509Certificate } from 'node:crypto';

/** A certificate with its key, as a Secret holds them. */
export interface HeldPair {
  readonly cert: string;
  readonly key: string;
  readonly parsed: X509Certificate;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** What two texts are together; undefined where they are no certificate and its key. */
export function inspectPair(cert: string, key: string): HeldPair | undefined {
  const parsed = parseCertificate(cert);
  if (parsed === undefined) return undefined;
  try {
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return undefined;
  } catch {
    return undefined;
  }
  return { cert, key, parsed, from: parsed.validFromDate.getTime(), until: parsed.validToDate.getTime() };
}

export function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The certificates of a bundle, as they are written; what is none is left out. */
export function splitBundle(bundle: string): readonly string[] {
  const blocks = bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.filter((block) => parseCertificate(block) !== undefined);
}

/** Whether `authority` has signed `leaf`. */
export const isSignedBy = (leaf: X509Certificate, authority: X509Certificate): boolean =>
  leaf.checkIssued(authority) && leaf.verify(authority.publicKey);

/** Also where they are one: Go's crypto/x509 trusts a leaf that is a root, whatever it may sign. */
const vouchesFor = (root: X509Certificate, leaf: X509Certificate): boolean =>
  root.raw.equals(leaf.raw) || isSignedBy(leaf, root);

/**
 * The authority of a bundle that `leaf` leads to, by itself or by what is served with it; undefined: none. Each of a
 * bundle is trusted for itself, as Go's crypto/x509 takes a pool of roots.
 */
export function authorityOf(
  leaf: X509Certificate,
  bundle: string,
  servedWith: readonly X509Certificate[] = [],
): X509Certificate | undefined {
  const roots = splitBundle(bundle).map((block) => new X509Certificate(block));
  const between = [...servedWith];
  let current = leaf;
  for (;;) {
    const signed = current;
    const root = roots.find((one) => vouchesFor(one, signed));
    const next = between.find((one) => isSignedBy(signed, one));
    if (root !== undefined || next === undefined) return root;
    between.splice(between.indexOf(next), 1);
    current = next;
  }
}

/** Whether one of the authorities of a bundle has signed `leaf`, or what is served with it. */
export const isTrustedBy = (
  leaf: X509Certificate,
  bundle: string,
  servedWith: readonly X509Certificate[] = [],
): boolean => authorityOf(leaf, bundle, servedWith) !== undefined;

/** What a `tls.crt` holds beside the certificate itself. */
export const servedWith = (chain: string): readonly X509Certificate[] =>
  splitBundle(chain)
    .slice(1)
    .map((block) => new X509Certificate(block));

/** When a certificate ends, in milliseconds since the epoch; NaN where it is none. */
export const endOf = (pem: string): number => parseCertificate(pem)?.validToDate.getTime() ?? Number.NaN;
