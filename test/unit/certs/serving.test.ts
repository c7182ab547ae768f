import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { issueLeaf, type PemPair } from '../../../src/certs/issue.js';
import { openCertificates } from '../../../src/certs/serving.js';
import { systemClock } from '../../../src/telemetry/clock.js';
import { createLogger } from '../../../src/telemetry/logger.js';
import { certificateMetrics, createRegistry } from '../../../src/telemetry/metrics.js';
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

async function setUp({ cert, key }: PemPair) {
  const files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const write = async (pair: PemPair) => {
    await writeFile(files.key, pair.key);
    await writeFile(files.cert, pair.cert);
  };
  await write({ cert, key });
  const lines: { level: string; msg: string }[] = [];
  const to = { write: (line: string) => void lines.push(JSON.parse(line) as never) };
  const log = createLogger({ component: 'test', to });
  const registry = createRegistry({ version: 'test' });
  const metrics = certificateMetrics(registry);
  const serving = await openCertificates({ files, everyMs: 5, clock: systemClock, log, metrics });
  const stop = new AbortController();
  const follow = (use: () => void) => serving.follow(use, stop.signal);
  return { serving, write, lines, registry, stop, follow };
}

describe('openCertificates', () => {
  it('tells when the certificate ends', async () => {
    const { serving, registry } = await setUp(first);
    const end = serving.current().expiry.serving / 1000;
    const text = await registry.metrics();
    expect(text).toContain(`tidegate_certificate_expiry_timestamp_seconds{role="serving"} ${end}`);
  });

  it('counts from 0, so that an alert sees the first that is refused', async () => {
    const { registry } = await setUp(first);
    const text = await registry.metrics();
    for (const result of ['loaded', 'refused'])
      expect(text).toContain(`tidegate_certificate_reloads_total{result="${result}"} 0`);
  });

  it('serves an expired one, and says so', async () => {
    const twoDaysAgo = Date.now() - 2 * 86_400_000;
    const expired = await issueLeaf(ca, { commonName: 'x', usage: 'server', now: twoDaysAgo, days: 1 });
    const { serving, lines } = await setUp(expired);
    expect(serving.current().cert).toBe(expired.cert);
    expect(lines).toMatchObject([{ level: 'error', role: 'serving', msg: 'certificate has expired' }]);
  });

  it('hands over a new pair, counts it and tells when it ends', async () => {
    const { serving, write, lines, registry, stop, follow } = await setUp(first);
    let used = 0;
    const done = follow(() => (used += 1));
    await write(second);
    await eventually('the new pair', () => serving.current().cert === second.cert);
    stop.abort();
    await done;
    expect(used).toBe(1);
    expect(serving.fault()).toBeUndefined();
    expect(lines.at(-1)).toMatchObject({ level: 'info', msg: 'certificates renewed' });
    expect(await registry.metrics()).toContain('tidegate_certificate_reloads_total{result="loaded"} 1');
  });

  it('keeps the old pair where the new one cannot be used, counts it and says why until it is mended', async () => {
    const { serving, write, lines, registry, stop, follow } = await setUp(first);
    let broken = true;
    const done = follow(() => {
      if (broken) throw new Error('TLS says no');
    });
    await write(second);
    await eventually('the fault', () => serving.fault() === 'TLS says no');
    expect(serving.current().cert).toBe(first.cert);
    expect(lines.at(-1)).toMatchObject({ level: 'error', error: 'TLS says no' });
    expect(await registry.metrics()).toContain('tidegate_certificate_reloads_total{result="refused"} 1');
    broken = false;
    const third = await serverCertificate(ca);
    await write(third);
    await eventually('the repair', () => serving.current().cert === third.cert);
    stop.abort();
    await done;
    expect(serving.fault()).toBeUndefined();
  });
});
