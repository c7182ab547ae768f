import { stringify } from 'yaml';
import type { KubeObject, ObjectKey } from '../kube/object.js';
import { unifiedDiff } from '../manifests/unified-diff.js';
import { recordAnnotation } from '../objects/well-known.js';
import { isReason, reasons } from '../policy/reasons.js';
import { paintDiff } from '../text/diff-colours.js';
import { createPaint, type Paint } from '../text/paint.js';
import type { Io } from './command.js';
import type { LogLine } from './demo-webhook.js';

/** One example: without the webhook and with it, and what the webhook logged. */
export interface Deploy {
  readonly file: string;
  readonly key: ObjectKey;
  readonly before: KubeObject;
  readonly after: KubeObject;
  readonly review: LogLine;
}

export function renderDeploys(deploys: readonly Deploy[], latencies: readonly number[], io: Io): string {
  const paint = createPaint(io.terminal?.colours ?? false);
  return [
    ...deploys.map((deploy) => renderDeploy(deploy, paint)),
    renderTable(deploys, paint),
    renderLatencies(latencies),
    next,
  ].join('\n');
}

function renderDeploy({ key, file, before, after, review }: Deploy, paint: Paint): string {
  const reason = String(review['reason']);
  const where = typeof review['where'] === 'string' ? ` (${review['where']})` : '';
  const head = `${paint('bold', `■ ${key}`)}  ${paint('dim', file.split('/').slice(-2).join('/'))}`;
  const why = `${String(review['verdict'])}: ${isReason(reason) ? reasons[reason] : reason}${where}`;
  return `${head}\n  ${why}\n${paintDiff(unifiedDiff(key, shown(before), shown(after)).slice(2), paint)}`;
}

/** What of an object is worth comparing, in one order of keys; the record only by its presence. */
function shown({ metadata, spec }: KubeObject): string {
  const annotations = Object.entries(metadata.annotations ?? {}).map(([name, value]) => [
    name,
    name === recordAnnotation ? '(the record of these changes, for taking them back)' : value,
  ]);
  const meta =
    annotations.length === 0 ? {} : { metadata: { annotations: Object.fromEntries(annotations) as object } };
  return stringify({ ...meta, spec }, { lineWidth: 0, sortMapEntries: true });
}

function renderTable(deploys: readonly Deploy[], paint: Paint): string {
  const rows = deploys.map(({ key, review }) => [
    key,
    String(review['verdict']),
    String(review['reason']),
    String(review['operations']),
    (Number(review['seconds']) * 1000).toFixed(2),
  ]);
  const head = ['cronjob', 'verdict', 'reason', 'operations', 'ms'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ');
  return [paint('bold', line(head)), ...rows.map(line), ''].join('\n');
}

function renderLatencies(seconds: readonly number[]): string {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.floor(sorted.length * share)] ?? NaN) * 1000).toFixed(2);
  return `The webhook took ${at(0.5)} ms (p50) and ${at(0.99)} ms (p99) for each of ${sorted.length} more, by its own clock.\n`;
}

const next = `Try next, from the folder of this repository:
  node dist/cli.js explain -f examples/host-network.yaml --policies examples/policies
  node dist/cli.js inject -f examples/plain.yaml --policies examples/policies -o diff
  node dist/cli.js demo --serve        a cluster to use kubectl on, until Ctrl-C
`;
