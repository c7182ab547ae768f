import { beforeAll, describe, expect, it } from 'vitest';
import { issueCa, type PemPair } from '../../../src/certs/issue.js';
import { createTrust } from '../../../src/webhook/trust.js';
import { selfSignedLeaf, serverCertificate } from '../../support/certificates.js';

let ca: PemPair;
let leaf: PemPair;
beforeAll(async () => {
  ca = await issueCa('ours', { now: Date.now(), days: 1 });
  leaf = await serverCertificate(ca);
});

const configurationOf = (...bundles: readonly string[]) => ({
  webhooks: bundles.map((bundle, i) => ({
    name: `w${i}.tidegate.io`,
    clientConfig: { caBundle: Buffer.from(bundle).toString('base64') },
  })),
});

function read(serving: string, ...bundles: readonly string[]) {
  const trust = createTrust('tidegate');
  trust.read(configurationOf(...bundles), serving);
  return trust.status();
}

describe('the API server trusts', () => {
  it('what every entry has the authority of', () => {
    expect(read(leaf.cert, ca.cert, ca.cert)).toEqual({ trusted: true, fault: undefined });
  });

  it('what is in every bundle itself', () => {
    const alone = selfSignedLeaf('localhost', { now: Date.now(), days: 1 });
    expect(read(alone.cert, alone.cert, alone.cert)).toEqual({ trusted: true, fault: undefined });
  });

  it('nothing of which one entry knows nothing', () => {
    expect(read(leaf.cert, ca.cert, '')).toEqual({
      trusted: false,
      fault:
        'the caBundle of w1.tidegate.io in tidegate does not hold the authority of the serving certificate',
    });
  });

  it('goes on as it was while the API server cannot be asked', () => {
    const trust = createTrust('tidegate');
    expect(trust.status().trusted).toBeUndefined();
    trust.read(configurationOf(ca.cert), leaf.cert);
    trust.failed('connect ECONNREFUSED');
    expect(trust.status()).toEqual({ trusted: true, fault: 'connect ECONNREFUSED' });
    trust.read(undefined, leaf.cert);
    expect(trust.status()).toEqual({
      trusted: false,
      fault: 'there is no MutatingWebhookConfiguration tidegate',
    });
  });
});
