import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PemPair } from '../../../src/certs/issue.js';
import { readCertificates, watchCertificates, type Certificates } from '../../../src/certs/source.js';
import { AppError, messageOf } from '../../../src/errors.js';
import { systemClock, type Clock } from '../../../src/telemetry/clock.js';
import { serverCertificate, testCertificates } from '../../support/certificates.js';
import { eventually } from '../../support/eventually.js';

let ca: PemPair;
let first: PemPair;
let second: PemPair;
let folder: string;

beforeAll(async () => {
  ({ ca, server: first } = await testCertificates());
  second = await serverCertificate(ca);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidegate-certs-'));
});
afterEach(() => rm(folder, { recursive: true }));

const files = () => ({ cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') });

async function write({ cert, key }: Partial<PemPair>): Promise<void> {
  if (cert !== undefined) await writeFile(files().cert, cert);
  if (key !== undefined) await writeFile(files().key, key);
}

describe('readCertificates', () => {
  it('reads a pair and says when it ends', async () => {
    await write(first);
    const { cert, key, expiry } = await readCertificates(files());
    expect({ cert, key }).toEqual(first);
    const hoursLeft = (expiry.serving - Date.now()) / 3_600_000;
    expect(hoursLeft).toBeGreaterThan(23.9);
    expect(hoursLeft).toBeLessThanOrEqual(24);
  });

  it('says when the client authority ends', async () => {
    await write(first);
    const clientCa = join(folder, 'ca.crt');
    await writeFile(clientCa, ca.cert);
    const { expiry } = await readCertificates({ ...files(), clientCa });
    expect(expiry.clientCa).toBe(expiry.serving);
  });

  it.each([
    ['a missing certificate', async () => write({ key: first.key }), 'file-unreadable', 'tls.crt: ENOENT'],
    ['a missing key', async () => write({ cert: first.cert }), 'file-unreadable', 'tls.key: ENOENT'],
    [
      'an empty certificate',
      async () => write({ ...first, cert: '' }),
      'certificate-invalid',
      'tls.crt: expected a PEM',
    ],
    [
      'a key that is none',
      async () => write({ ...first, key: 'key' }),
      'certificate-invalid',
      'tls.key: expected a private',
    ],
    [
      'a garbled certificate',
      async () => write({ ...first, cert: garbled }),
      'certificate-invalid',
      'tls.crt: expected a PEM',
    ],
    [
      'the key of another',
      async () => write({ ...first, key: second.key }),
      'certificate-invalid',
      'tls.key is not the key of',
    ],
  ])('refuses %s and names the file', async (_, prepare, code, text) => {
    await prepare();
    const error: unknown = await readCertificates(files()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).code).toBe(code);
    expect(messageOf(error)).toContain(text);
  });

  it('never shows a key in a message', async () => {
    await write({ ...first, key: first.key.replace('BEGIN PRIVATE', 'BEGIN RSA PRIVATE') });
    const error: unknown = await readCertificates(files()).catch((reason: unknown) => reason);
    expect(messageOf(error)).not.toContain(first.key.slice(60, 80));
  });
});

const garbled = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe('watchCertificates', () => {
  async function watch() {
    let rounds = 0;
    const clock: Clock = {
      ...systemClock,
      sleep: (ms, signal) => {
        rounds += 1;
        return systemClock.sleep(ms, signal);
      },
    };
    const changes: Certificates[] = [];
    const faults: string[] = [];
    const stop = new AbortController();
    const done = watchCertificates({
      files: files(),
      current: await readCertificates(files()),
      everyMs: 5,
      clock,
      signal: stop.signal,
      onChange: (certificates) => changes.push(certificates),
      onFault: (error) => faults.push(messageOf(error)),
    });
    const end = async () => {
      stop.abort();
      await done;
    };
    return { changes, faults, end, rounds: () => rounds };
  }

  it('reports a pair written in place', async () => {
    await write(first);
    const { changes, end } = await watch();
    await write(second);
    await eventually('the change', () => changes.length > 0);
    await end();
    expect(changes.map(({ cert }) => cert)).toEqual([second.cert]);
  });

  it("reports the swap of a mounted Secret's symlink once, as one pair", async () => {
    for (const [name, pair] of [
      ['..one', first],
      ['..two', second],
    ] as const) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'tls.crt'), pair.cert);
      await writeFile(join(folder, name, 'tls.key'), pair.key);
    }
    await symlink('..one', join(folder, '..data'));
    for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(folder, name));
    const { changes, faults, end } = await watch();
    await symlink('..two', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await eventually('the change', () => changes.length > 0);
    await end();
    expect(changes.map(({ cert }) => cert)).toEqual([second.cert]);
    expect(faults).toEqual([]);
  });

  it('reports a fault once, and the repair', async () => {
    await write(first);
    const { changes, faults, end } = await watch();
    await write({ key: second.key });
    await eventually('the fault', () => faults.length > 0);
    await rm(files().cert);
    await eventually('the second fault', () => faults.length > 1);
    expect(faults).toEqual([
      expect.stringContaining('is not the key of'),
      expect.stringContaining('tls.crt: ENOENT'),
    ]);
    await write({ cert: second.cert });
    await eventually('the repair', () => changes.length > 0);
    await end();
    expect(faults).toHaveLength(2);
  });

  it('says nothing while nothing changes', async () => {
    await write(first);
    const { changes, faults, end, rounds } = await watch();
    await eventually('some rounds', () => rounds() > 3);
    await end();
    expect([changes, faults]).toEqual([[], []]);
  });
});
