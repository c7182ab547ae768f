import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import { beforeAll, describe, expect, it } from 'vitest';
import { issueCa, issueLeaf, type PemPair } from '../../../src/certs/issue.js';
import { listen, send } from '../../support/https.js';

const now = Date.now();
let ca: PemPair;
let leaf: PemPair;
let root: X509Certificate;
let certificate: X509Certificate;

beforeAll(async () => {
  ca = await issueCa('test CA', { now, days: 30 });
  leaf = await issueLeaf(ca, {
    commonName: 'server',
    dnsNames: ['localhost', 'tidegate-webhook.tidegate.svc'],
    addresses: ['127.0.0.1', '::1'],
    usage: 'server',
    now,
    days: 365,
  });
  root = new X509Certificate(ca.cert);
  certificate = new X509Certificate(leaf.cert);
});

describe('issueCa', () => {
  it('signs itself as an authority', () => {
    expect(root.ca).toBe(true);
    expect(root.subject).toBe('CN=test CA');
    expect(root.checkIssued(root)).toBe(true);
    expect(root.verify(root.publicKey)).toBe(true);
  });

  it('begins five minutes ago, for clocks that are behind, and ends when told', () => {
    const second = 1000;
    expect(root.validFromDate.getTime()).toBe(Math.floor(now / second) * second - 5 * 60 * second);
    expect(root.validToDate.getTime()).toBe(Math.floor(now / second) * second + 30 * 86_400 * second);
  });
});

describe('issueLeaf', () => {
  it('is signed by the authority and is none itself', () => {
    expect(certificate.checkIssued(root)).toBe(true);
    expect(certificate.verify(root.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
  });

  it('is for servers only', () => {
    const serverAuth = '1.3.6.1.5.5.7.3.1';
    expect(certificate.keyUsage).toEqual([serverAuth]);
  });

  it.each(['localhost', 'tidegate-webhook.tidegate.svc'])('is for the host %s', (name) => {
    expect(certificate.checkHost(name)).toBe(name);
  });

  it.each(['127.0.0.1', '::1'])('is for the address %s', (address) => {
    expect(certificate.checkIP(address)).toBe(address);
  });

  it('is for no other host or address', () => {
    expect(certificate.checkHost('example.org')).toBeUndefined();
    expect(certificate.checkHost('127.0.0.1')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
  });

  it('ends with its authority when it would outlive it', () => {
    expect(certificate.validTo).toBe(root.validTo);
  });

  it('carries the key it was made with', () => {
    expect(leaf.key).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(leaf.key).not.toBe(ca.key);
  });

  it('gets a positive 128-bit serial of its own', () => {
    expect(certificate.serialNumber).toMatch(/^4[0-9A-F]{31}$/);
    expect(certificate.serialNumber).not.toBe(root.serialNumber);
  });

  it('is trusted in a real handshake by a client that trusts the authority', async () => {
    const server = createServer({ cert: leaf.cert, key: leaf.key }, (_request, response) =>
      response.end('ok'),
    );
    const port = await listen(server);
    try {
      const answer = await send({ port, ca: ca.cert, servername: 'localhost' });
      expect(answer.body).toBe('ok');
      await expect(send({ port })).rejects.toThrow('unable to verify the first certificate');
    } finally {
      server.close();
    }
  });
});
