import { createPaint, type Colour } from '../text/paint.js';
import { wrap } from '../text/table.js';
import { statuses, type Status } from './check.js';
import type { Result } from './examine.js';

export interface ReportOptions {
  readonly colours: boolean;
  /** Of the terminal. */
  readonly columns: number;
}

const colourOf: Readonly<Record<Status, Colour>> = {
  ok: 'green',
  warning: 'yellow',
  fault: 'red',
  skipped: 'dim',
};

/** For people: a line or more a finding, its remedy below it, unbroken so that it can be copied; counts at the end. */
export function toText(results: readonly Result[], { colours, columns }: ReportOptions): string {
  const paint = createPaint(colours);
  const checkWidth = Math.max(...results.map(({ check }) => check.length));
  const indent = ' '.repeat(statusWidth + checkWidth + 4);
  const width = Math.max(columns - indent.length, narrowest);
  const lines = results.flatMap(({ check, status, reason, remedy, details = [] }) => {
    const [first = '', ...rest] = wrap(reason, width);
    return [
      `${paint(colourOf[status], status.padEnd(statusWidth))}  ${check.padEnd(checkWidth)}  ${first}`,
      ...[...rest, ...details].map((line) => indent + line),
      ...(remedy === undefined ? [] : [`${indent}→ ${paint('cyan', remedy)}`]),
    ];
  });
  return `${lines.join('\n')}\n\n${summaryOf(results)}\n`;
}

/** For programs: a list with an entry for each finding. */
export const toJson = (results: readonly Result[]): string => `${JSON.stringify(results, null, 2)}\n`;

const summaryOf = (results: readonly Result[]): string =>
  statuses.map((status) => `${results.filter((one) => one.status === status).length} ${status}`).join(', ');

const statusWidth = Math.max(...statuses.map((status) => status.length));
const narrowest = 40;
