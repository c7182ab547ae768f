import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { authorityOf, isTrustedBy, servedWith } from '../../../src/certs/inspect.js';
import { issueCa, type PemPair } from '../../../src/certs/issue.js';
import { intermediateOf, selfSignedLeaf, serverCertificate } from '../../support/certificates.js';

let root: PemPair;
let other: PemPair;
let middle: PemPair;
let leaf: PemPair;

beforeAll(async () => {
  const validity = { now: Date.now(), days: 1 };
  [root, other] = await Promise.all([issueCa('root', validity), issueCa('other', validity)]);
  middle = intermediateOf(root, 'middle');
  leaf = await serverCertificate(middle);
});

const trusts = (chain: string, bundle: string) =>
  isTrustedBy(new X509Certificate(chain), bundle, servedWith(chain));

describe('a bundle trusts', () => {
  it('a leaf that is served with what lies between', () => {
    expect(trusts(leaf.cert + middle.cert, other.cert + root.cert)).toBe(true);
    const found = authorityOf(new X509Certificate(leaf.cert), root.cert, [new X509Certificate(middle.cert)]);
    expect(found?.subject).toBe('CN=root');
  });

  it('a leaf that one of its own has signed', () => {
    expect(trusts(leaf.cert, middle.cert)).toBe(true);
  });

  it('a leaf that is in it, though it may sign nothing', () => {
    const alone = selfSignedLeaf('localhost', { now: Date.now(), days: 1 });
    expect(trusts(alone.cert, other.cert + alone.cert)).toBe(true);
    expect(trusts(alone.cert, other.cert)).toBe(false);
    expect(trusts(leaf.cert, leaf.cert)).toBe(true);
  });

  it('none that leads elsewhere, or nowhere', () => {
    expect(trusts(leaf.cert, root.cert)).toBe(false);
    expect(trusts(leaf.cert + middle.cert, other.cert)).toBe(false);
    expect(trusts(leaf.cert + middle.cert, '')).toBe(false);
    expect(trusts(root.cert, other.cert + leaf.cert)).toBe(false);
  });

  it('one that is its own authority, and ends where a chain runs in a circle', () => {
    expect(trusts(root.cert, root.cert)).toBe(true);
    expect(trusts(root.cert + root.cert + root.cert, other.cert)).toBe(false);
  });
});
