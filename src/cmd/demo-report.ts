import { basename } from 'node:path';
import { stringify } from 'yaml';
import type { KubeObject, ObjectKey } from '../kube/object.js';
import { unifiedDiff } from '../text/unified-diff.js';
import { recordAnnotation } from '../objects/well-known.js';
import { isReason, reasons } from '../policy/reasons.js';
import { paintDiff } from '../text/diff-colours.js';
import { createPaint, type Colour, type Paint } from '../text/paint.js';
import { cut, table, wrap, type Cell } from '../text/table.js';
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

/** `seconds`: of each review that was only repeated. */
export function renderDeploys(
  deploys: readonly Deploy[],
  seconds: readonly number[],
  { terminal }: Pick<Io, 'terminal'>,
): string {
  const { colours = false, columns = 80 } = terminal ?? {};
  const view = { paint: createPaint(colours), columns, isTerminal: terminal?.columns !== undefined };
  return [
    ...deploys.map((deploy) => renderDeploy(deploy, view)),
    renderTable(deploys, view),
    ...wrap(latencyText(seconds), columns),
    '',
  ].join('\n');
}

interface View {
  readonly paint: Paint;
  readonly columns: number;
  /** Lines are cut where they pass its width. */
  readonly isTerminal: boolean;
}

function renderDeploy(
  { key, file, before, after, review }: Deploy,
  { paint, columns, isTerminal }: View,
): string {
  const reason = String(review['reason']);
  const where = typeof review['where'] === 'string' ? ` (${review['where']})` : '';
  const verdict = String(review['verdict']);
  const why = wrap(`${verdict}: ${isReason(reason) ? reasons[reason] : reason}${where}`, columns - 2);
  const diff = unifiedDiff(key, shown(before), shown(after)).slice(2);
  return [
    `${paint('bold', `■ ${key}`)}  ${paint('dim', `examples/${basename(file)}`)}`,
    ...why.map((line) => `  ${paint(colourOf[verdict], line)}`),
    paintDiff(isTerminal ? diff.map((line) => ({ ...line, text: cut(line.text, columns) })) : diff, paint),
  ].join('\n');
}

const colourOf: Readonly<Record<string, Colour>> = { patched: 'green', observed: 'yellow', failed: 'red' };

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

function renderTable(deploys: readonly Deploy[], view: View): string {
  const rows = deploys.map(({ key, review }): Cell[] => {
    const verdict = String(review['verdict']);
    const colour = colourOf[verdict];
    const milliseconds = (Number(review['seconds']) * 1000).toFixed(2);
    return [
      { text: key },
      { text: verdict, ...(colour && { colour }) },
      { text: String(review['reason']) },
      { text: String(review['operations']), right: true },
      { text: milliseconds, right: true },
    ];
  });
  const head = ['cronjob', 'verdict', 'reason', 'ops', 'ms'].map((text, i): Cell => ({
    text,
    colour: 'bold',
    ...(i > 2 && { right: true }),
  }));
  return [...table([head, ...rows], view), ''].join('\n');
}

function latencyText(seconds: readonly number[]): string {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number) => ((sorted[Math.floor(sorted.length * share)] ?? NaN) * 1000).toFixed(2);
  return (
    `Those were the first reviews of a cold process. Of ${sorted.length} more, each took it ${at(0.5)} ms (p50), ` +
    `${at(0.99)} ms (p99), by its own clock.`
  );
}
