import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { AppError, messageOf } from '../errors.js';
import type { Clock } from '../telemetry/clock.js';

/** Where a server's certificates lie. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  /** Absent: no client certificate is asked for. */
  readonly clientCa?: string | undefined;
}

/** PEM texts that fit each other. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
  /** When each ends, in milliseconds since the epoch. Of several certificates in a file, the first to end. */
  readonly expiry: { readonly serving: number; readonly clientCa?: number | undefined };
}

/**
 * Reads and checks them. Dates are not judged: a clock may be wrong, and the client's is the one that counts.
 * @throws AppError `file-unreadable` or `certificate-invalid`, naming the file.
 */
export async function readCertificates(files: CertificateFiles): Promise<Certificates> {
  return check(files, await readTexts(files));
}

export interface WatchOptions {
  readonly files: CertificateFiles;
  /** What serves now. */
  readonly current: Certificates;
  /** How often the files are read, in milliseconds. */
  readonly everyMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The files changed and fit each other. May throw: then the change counts as faulty. */
  readonly onChange: (certificates: Certificates) => void;
  /** The files cannot be used; what served before goes on. Called once for each state that the files are in. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Follows the files until `signal` aborts. Reads a few KB and compares, rather than wait for events: that sees the
 * symlink swap of a mounted Secret, a file written in place and a network file system alike.
 */
export async function watchCertificates(options: WatchOptions): Promise<void> {
  const { files, everyMs, clock, signal } = options;
  let seen = stateOf(options.current);
  for (;;) {
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return;
    let state = '';
    try {
      const texts = await readTexts(files);
      state = stateOf(texts);
      if (state !== seen) options.onChange(check(files, texts));
    } catch (error) {
      if (state === '') state = messageOf(error);
      if (state !== seen) options.onFault(error);
    }
    seen = state;
  }
}

interface Texts {
  readonly cert: string;
  readonly key: string;
  readonly clientCa?: string | undefined;
}

const stateOf = ({ cert, key, clientCa }: Texts): string => [cert, key, clientCa].join('\n');

/** Reads until two readings agree: a swap between two files would give halves of two pairs. */
async function readTexts(files: CertificateFiles): Promise<Texts> {
  let before = await readOnce(files);
  for (;;) {
    const after = await readOnce(files);
    if (stateOf(before) === stateOf(after)) return after;
    before = after;
  }
}

async function readOnce({ cert, key, clientCa }: CertificateFiles): Promise<Texts> {
  const [certText, keyText, caText] = await Promise.all([
    readText(cert),
    readText(key),
    clientCa === undefined ? undefined : readText(clientCa),
  ]);
  return { cert: certText, key: keyText, clientCa: caText };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('file-unreadable', `${file}: ${messageOf(error)}`, { cause: error });
  }
}

function check(files: CertificateFiles, texts: Texts): Certificates {
  const chain = parse(files.cert, texts.cert);
  const key = attempt(files.key, 'expected a private key', () => createPrivateKey(texts.key));
  if (chain[0]?.checkPrivateKey(key) !== true) {
    throw new AppError('certificate-invalid', `${files.key} is not the key of ${files.cert}`);
  }
  // What OpenSSL thinks too weak it refuses only here.
  attempt(files.cert, 'TLS refuses it', () => createSecureContext({ cert: texts.cert, key: texts.key }));
  const serving = firstEnd(chain);
  if (files.clientCa === undefined || texts.clientCa === undefined) return { ...texts, expiry: { serving } };
  return { ...texts, expiry: { serving, clientCa: firstEnd(parse(files.clientCa, texts.clientCa)) } };
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

function parse(file: string, text: string): readonly X509Certificate[] {
  const blocks = text.match(pemBlock);
  if (blocks === null) {
    throw new AppError('certificate-invalid', `${file}: expected a PEM certificate, found none`);
  }
  return blocks.map((block) => attempt(file, 'expected a PEM certificate', () => new X509Certificate(block)));
}

function attempt<T>(file: string, problem: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new AppError('certificate-invalid', `${file}: ${problem}: ${messageOf(error)}`, { cause: error });
  }
}

const firstEnd = (certificates: readonly X509Certificate[]): number =>
  Math.min(...certificates.map(({ validToDate }) => validToDate.getTime()));
