import { beforeAll, describe, expect, it } from 'vitest';
import { issueCa, issueLeaf, type PemPair } from '../../../../src/certs/issue.js';
import { judgeCertificates, type CertificateFacts } from '../../../../src/doctor/checks/certificates.js';
import { sourceOf } from '../../../../src/doctor/certificate-source.js';
import type { KubeObject } from '../../../../src/kube/object.js';
import { intermediateOf, selfSignedLeaf } from '../../../support/certificates.js';
import { names, object, said } from '../../../support/doctor.js';

const day = 24 * 3_600_000;
const start = Date.UTC(2026, 0, 1);
const host = 'tidegate-webhook.tidegate-system.svc';

let ca: PemPair;
let foreign: PemPair;
let leaf: PemPair;

const leafOf = (authority: PemPair, dnsNames = [host]) =>
  issueLeaf(authority, { commonName: 'webhook', dnsNames, usage: 'server', now: start, days: 30 });

beforeAll(async () => {
  [ca, foreign] = await Promise.all([
    issueCa('ours', { now: start, days: 60 }),
    issueCa('theirs', { now: start, days: 60 }),
  ]);
  leaf = await leafOf(ca);
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const secretOf = ({ cert, key }: PemPair) =>
  object({ metadata: {}, data: { 'tls.crt': base64(cert), 'tls.key': base64(key) } });
const configurationOf = (...bundles: readonly string[]): KubeObject =>
  object({
    metadata: {},
    webhooks: bundles.map((bundle, i) => ({
      name: `w${i}.tidegate.io`,
      clientConfig: { caBundle: base64(bundle) },
    })),
  });

function judge(facts: Partial<CertificateFacts>, now = start + day) {
  const whole = {
    secretName: 'tls',
    source: 'self-managed',
    configuration: configurationOf(ca.cert),
  } as const;
  return judgeCertificates({ secret: secretOf(leaf), ...whole, ...facts }, { names, now });
}

describe('certificates', () => {
  it('are trusted and good for a while', () => {
    expect(said(judge({}))).toEqual(['ok: the API server trusts the certificate, which ends on 2026-01-31']);
  });

  it('may lead to the authority by what is served with them', async () => {
    const middle = intermediateOf(ca, 'middle');
    const { cert, key } = await leafOf(middle);
    const secret = secretOf({ cert: cert + middle.cert, key });
    expect(judge({ secret })).toMatchObject([{ status: 'ok' }]);
    expect(judge({ secret: secretOf({ cert, key }) })).toMatchObject([{ status: 'fault' }]);
  });

  it('may be their own authority', () => {
    const alone = selfSignedLeaf(host, { now: start, days: 30 });
    const found = judge({ secret: secretOf(alone), configuration: configurationOf(alone.cert) });
    expect(said(found)).toEqual(['ok: the API server trusts the certificate, which ends on 2026-01-31']);
  });

  it.each([
    [-1, 'fault: the certificate of Secret tls begins on 2025-12-31 only'],
    [20, 'ok: the API server trusts the certificate, which ends on 2026-01-31'],
    [23, 'warning: the certificate of Secret tls ends on 2026-01-31 and has not been renewed'],
    [30, 'fault: the certificate of Secret tls has ended on 2026-01-31'],
  ])('are judged on day %i', (days, reason) => {
    expect(said(judge({}, start + days * day))).toEqual([reason]);
  });

  it('are a fault where the Secret is missing, or holds no pair', () => {
    expect(said(judge({ secret: undefined }))).toEqual([
      'fault: there is no Secret tls: the webhook cannot serve',
    ]);
    const halves = secretOf({ cert: leaf.cert, key: foreign.key });
    expect(said(judge({ secret: halves }))).toEqual(['fault: Secret tls holds no certificate with its key']);
    expect(judge({ secret: object({ metadata: {} }) })).toMatchObject([{ status: 'fault' }]);
  });

  it('are a fault where they are for another name', async () => {
    const other = await leafOf(ca, ['elsewhere.svc']);
    expect(said(judge({ secret: secretOf(other) }))).toEqual([
      `fault: the certificate of Secret tls is not for ${host}`,
    ]);
  });

  it('are a fault in each entry that has no bundle, or another one', () => {
    expect(said(judge({ configuration: configurationOf('', foreign.cert, ca.cert) }))).toEqual([
      'fault: w0.tidegate.io has no caBundle: the API server trusts nobody there',
      'fault: the caBundle of w1.tidegate.io does not hold the authority of the certificate',
    ]);
  });

  it('say nothing of a configuration that is not there', () => {
    expect(judge({ configuration: undefined })).toMatchObject([{ status: 'ok' }]);
  });

  it.each([
    ['self-managed', 'kubectl -n tidegate-system rollout restart deployment/tidegate-controllers'],
    ['cert-manager', 'kubectl -n cert-manager logs deployment/cert-manager-cainjector'],
    ['secret', '--set-file certificates.caBundle=ca.crt'],
  ] as const)('are mended, where they are of %s, by whoever makes them', (source, remedy) => {
    const [found] = judge({ source, configuration: configurationOf('') });
    expect(found?.remedy).toContain(remedy);
  });
});

describe('who makes them', () => {
  const controllers = (...args: readonly string[]) =>
    object({ metadata: {}, spec: { template: { spec: { containers: [{ args }] } } } });

  it('is told by the controllers, or by what cert-manager looks for', () => {
    const injected = object({ metadata: { annotations: { 'cert-manager.io/inject-ca-from': 'x/y' } } });
    expect(sourceOf(controllers('--certificates=self-managed'), injected)).toBe('self-managed');
    expect(sourceOf(controllers(), injected)).toBe('cert-manager');
    expect(sourceOf(undefined, undefined)).toBe('secret');
  });
});
