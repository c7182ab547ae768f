import { AppError, messageOf } from '../errors.js';
import type { BreakerStanding } from '../scheduler/breaker.js';
import type { NodeStanding } from '../scheduler/index.js';
import { createPaint } from '../text/paint.js';
import { table, type Cell } from '../text/table.js';
import type { Io } from './command.js';
import { noPositionals, oneOf, parseFlags } from './flags.js';

interface Status {
  readonly role: string;
  readonly leader: string;
  readonly synced: boolean;
  readonly queue: { readonly ready: number; readonly waiting: number };
  readonly nodes: readonly NodeStanding[];
  readonly breakers: readonly BreakerStanding[];
}

/** Asks a running scheduler for its queues, virtual nodes and breakers. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parseFlags(args, {
    url: { type: 'string', default: 'http://127.0.0.1:9090' },
    output: { type: 'string', short: 'o', default: 'table' },
  });
  noPositionals(positionals);
  const output = oneOf('output', values.output, ['table', 'json']);
  const status = await ask(values.url);
  io.stdout(output === 'json' ? `${JSON.stringify(status, null, 2)}\n` : toText(status, io));
  return 0;
}

async function ask(url: string): Promise<Status> {
  const hint = 'kubectl port-forward -n tidegate-system deployment/tidegate-scheduler 9090 leads there';
  try {
    // Not ready is an answer too.
    const value: unknown = await (await fetch(new URL('/readyz', url))).json();
    if (isStatus(value)) return value;
  } catch (error) {
    throw new AppError('no-answer', `no scheduler answers at ${url}: ${messageOf(error)}; ${hint}`, {
      cause: error,
    });
  }
  throw new AppError('no-answer', `${url} is no scheduler's plain port; ${hint}`);
}

const isStatus = (value: unknown): value is Status =>
  typeof value === 'object' && value !== null && 'breakers' in value && 'nodes' in value && 'queue' in value;

function toText({ role, leader, synced, queue, nodes, breakers }: Status, { terminal }: Io): string {
  const { colours = false, columns = 160 } = terminal ?? {};
  const options = { paint: createPaint(colours), columns };
  const heads = (...texts: readonly string[]) => texts.map((text): Cell => ({ text }));
  const nodeRows = nodes.map(({ name, provider, zone, pods, outstanding, perSecond }): readonly Cell[] => [
    { text: name },
    { text: provider },
    { text: zone === '' ? '-' : zone },
    { text: String(pods), right: true },
    { text: String(outstanding), right: true },
    { text: perSecond.toFixed(1), right: true },
  ]);
  const breakerRows = breakers.map(({ scope, name, state, failures, because }): readonly Cell[] => [
    { text: scope },
    { text: name },
    { text: state, colour: state === 'closed' ? 'green' : 'red' },
    { text: String(failures), right: true },
    { text: because },
  ]);
  return [
    `${role}${role === 'leader' ? '' : `; ${leader === '' ? 'nobody' : leader} leads`}${synced ? '' : '; still listing'}`,
    `${queue.ready} pods to bind, ${queue.waiting} that no node takes`,
    '',
    ...(nodes.length === 0
      ? ['no virtual nodes']
      : table(
          [heads('NODE', 'PROVIDER', 'ZONE', 'PODS', 'NOT TAKEN YET', 'PER SECOND'), ...nodeRows],
          options,
        )),
    '',
    ...(breakers.length === 0
      ? ['every breaker is closed, and nothing has failed']
      : table([heads('SCOPE', 'NAME', 'BREAKER', 'FAILURES', 'BECAUSE'), ...breakerRows], options)),
    '',
  ].join('\n');
}
