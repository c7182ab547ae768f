import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { bits, boolean, explicit, implicit, integer, octets, oid, sequence, set, time, utf8 } from './der.js';

/** A certificate and its key, PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Issues throw-away certificates: P-256, valid from a day ago for a year. Nothing here is meant to leave the machine. */
export interface Authority {
  readonly certificate: string;
  /** For a server under these DNS names and IPv4 addresses. */
  server(names: readonly string[]): KeyPair;
  /** For a client: the API server reads the user from the common name, the groups from the organizations. */
  client(user: string, groups: readonly string[]): KeyPair;
}

const dayMs = 86_400_000;
const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
const usages = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' };

export function createAuthority(nowMs: number): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = nameOf('tidegate-box-ca', []);
  const issue = (subject: Buffer, key: KeyObject, extensions: readonly Buffer[]): string =>
    certify({ issuer, subject, key, extensions, nowMs, signer: privateKey });
  const pair = (subject: Buffer, extensions: readonly Buffer[]): KeyPair => {
    const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = String(own.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    return { certificate: issue(subject, own.publicKey, extensions), key };
  };
  return {
    certificate: issue(issuer, publicKey, [
      extension('2.5.29.19', true, sequence(boolean(true))),
      extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
      extension('2.5.29.14', false, octets(keyId(publicKey))),
    ]),
    server: (names) =>
      pair(nameOf(names[0] ?? 'localhost', []), [
        extension('2.5.29.37', false, sequence(oid(usages.server))),
        extension('2.5.29.17', false, sequence(...names.map(alternativeName))),
      ]),
    client: (user, groups) =>
      pair(nameOf(user, groups), [extension('2.5.29.37', false, sequence(oid(usages.client)))]),
  };
}

interface Request {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly nowMs: number;
  readonly signer: KeyObject;
}

function certify({ issuer, subject, key, extensions, nowMs, signer }: Request): string {
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)]);
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    issuer,
    sequence(time(nowMs - dayMs), time(nowMs + 365 * dayMs)),
    subject,
    key.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions)),
  );
  const signature = sign('sha256', content, signer);
  const der = sequence(content, ecdsaWithSha256, bits(signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string, organizations: readonly string[]): Buffer {
  const part = (id: string, text: string): Buffer => set(sequence(oid(id), utf8(text)));
  return sequence(
    ...organizations.map((organization) => part('2.5.4.10', organization)),
    part('2.5.4.3', commonName),
  );
}

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octets(value));

const alternativeName = (name: string): Buffer =>
  isIPv4(name) ? implicit(7, Buffer.from(name.split('.').map(Number))) : implicit(2, Buffer.from(name));

const keyId = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
