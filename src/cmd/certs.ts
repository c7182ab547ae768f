import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { issueCa, issueLeaf } from '../certs/issue.js';
import { AppError, messageOf } from '../errors.js';
import { systemClock } from '../telemetry/clock.js';
import type { Io } from './command.js';
import { integer, noPositionals, parseFlags, required } from './flags.js';

export const usage = `Usage: tidegate certs --out DIR [--dns NAME]… [--days N] [--force]

Makes a certificate authority and a serving certificate for development: ca.crt, ca.key, tls.crt, tls.key.

  --out DIR    where they go; made if it is missing
  --dns NAME   a further DNS name or IP address of the server; may be repeated
  --days N     how long both are valid, 1 to 3650 (default 365)
  --force      replace files that are there`;

/** How the server is called on a laptop and, by its Service, in a cluster. */
const defaultNames = [
  'localhost',
  '127.0.0.1',
  '::1',
  'tidegate-webhook',
  'tidegate-webhook.tidegate',
  'tidegate-webhook.tidegate.svc',
  'tidegate-webhook.tidegate.svc.cluster.local',
] as const;

export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    out: { type: 'string' },
    dns: { type: 'string', multiple: true, default: [] },
    days: { type: 'string', default: '365' },
    force: { type: 'boolean', default: false },
  });
  noPositionals(positionals);
  const out = required('out', values.out);
  const days = integer('days', values.days, 1, 3650);
  const names = new Set([...defaultNames, ...values.dns.map(checkName)]);

  if (!values.force) await refuseExisting(out);
  const now = systemClock.now();
  const ca = await issueCa('tidegate development CA', { now, days });
  const leaf = await issueLeaf(ca, {
    commonName: 'tidegate-webhook',
    dnsNames: [...names].filter((name) => isIP(name) === 0),
    addresses: [...names].filter((name) => isIP(name) !== 0),
    usage: 'server',
    now,
    days,
  });
  await writeAll(out, { 'ca.crt': ca.cert, 'ca.key': ca.key, 'tls.crt': leaf.cert, 'tls.key': leaf.key });
  io.stdout(`${out}: ca.crt ca.key tls.crt tls.key, valid for ${days} days, for ${[...names].join(', ')}\n`);
  return 0;
}

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i;

function checkName(name: string): string {
  const labels = name.replace(/^\*\./, '').split('.');
  if (isIP(name) !== 0 || (name.length <= 253 && labels.every((part) => label.test(part)))) return name;
  throw new AppError('usage', `--dns: expected a DNS name or an IP address, got '${name}'`);
}

const fileNames = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key'] as const;

/** A folder given by mistake may hold the keys of something that is in use. */
async function refuseExisting(out: string): Promise<void> {
  for (const name of fileNames) {
    const file = join(out, name);
    const missing = await access(file).then(
      () => false,
      () => true,
    );
    if (!missing) {
      throw new AppError('file-unwritable', `${file} is there already: --force replaces it`);
    }
  }
}

async function writeAll(out: string, texts: Record<(typeof fileNames)[number], string>): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    for (const name of fileNames) {
      // Beside it and renamed: a key is never readable by others, not even where the old file was.
      const draft = join(out, `.${name}.${randomUUID()}`);
      await writeFile(draft, texts[name], { mode: name.endsWith('.key') ? 0o600 : 0o644, flag: 'wx' });
      await rename(draft, join(out, name));
    }
  } catch (error) {
    throw new AppError('file-unwritable', `cannot write to ${out}: ${messageOf(error)}`, { cause: error });
  }
}
