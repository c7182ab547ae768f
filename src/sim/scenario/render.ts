import { durationText } from './report.js';
import type { FailuresReport, NodesReport, Report } from './report.js';

export interface RenderOptions {
  /** Columns that may be used, 40 at least. */
  readonly width: number;
  readonly colour: boolean;
}

/** The report for a terminal, or plain for a pipe: the same text without colours. */
export function renderReport(report: Report, options: RenderOptions): string {
  const width = Math.max(40, options.width);
  const paint = paintOf(options);
  const head = [
    `${paint.bold(report.scenario)}  ${paint.dim(report.tidegate ? 'with tidegate' : 'without tidegate')}`,
    ...wrap(report.about, width),
    paint.dim(`${durationText(report.length)} of simulated time, seed ${report.seed}; a model's figures`),
  ];
  const sections = [
    section('What tidegate answered', report.admission && admissionTable(report.admission), options),
    section('Stage by stage', report.stages && stageTable(report.stages, width), options),
    section(
      'Each stage of a stock cluster alone, all at once',
      report.limits && limitTable(report.limits),
      options,
    ),
    section('Pods that run', report.nodes && nodesLines(report.nodes, width), options),
    section(
      'Who goes when Deployments shrink',
      report.scaleDown && scaleDownTable(report.scaleDown),
      options,
    ),
    section('What failed', report.failures && failureLines(report.failures, width), options),
    section(
      'What to take from it',
      report.takeaways.flatMap((text) => bullet(text, width)),
      options,
    ),
  ];
  const lines = [...head, ...sections.flat()].map((line) => fit(line, width));
  return `${lines.join('\n')}\n`;
}

/** Eight heights, from nothing to the largest. */
export function sparkline(values: readonly number[], width: number, top = Math.max(...values)): string {
  return resample(values, width)
    .map((value) =>
      value === 0 || top <= 0 ? ' ' : (bars[Math.min(7, Math.ceil((value / top) * 8) - 1)] ?? ' '),
    )
    .join('');
}

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** The largest of each part, where there are more values than columns. */
function resample(values: readonly number[], width: number): readonly number[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, i) => {
    const from = Math.floor((i * values.length) / width);
    return Math.max(...values.slice(from, Math.max(from + 1, Math.floor(((i + 1) * values.length) / width))));
  });
}

interface Paint {
  bold(text: string): string;
  dim(text: string): string;
}

const plain: Paint = { bold: (text) => text, dim: (text) => text };
const colours: Paint = {
  bold: (text) => `\u001b[1m${text}\u001b[22m`,
  dim: (text) => `\u001b[2m${text}\u001b[22m`,
};

const paintOf = ({ colour }: Pick<RenderOptions, 'colour'>): Paint => (colour ? colours : plain);

/** Nothing where there are no lines. */
export function section(
  title: string,
  lines: readonly string[] | undefined,
  options: Pick<RenderOptions, 'colour'>,
): readonly string[] {
  return lines === undefined || lines.length === 0 ? [] : ['', paintOf(options).bold(title), ...lines];
}

/** Columns as wide as their widest cell; numbers to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[]): readonly string[] {
  const [first = []] = rows;
  const widths = first.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const number = (value: number): string => value.toLocaleString('en');

const admissionTable = (rows: NonNullable<Report['admission']>): readonly string[] =>
  table(
    rows.map(({ verdict, because, count }) => [number(count), verdict, because]),
    [0],
  );

function stageTable(stages: NonNullable<Report['stages']>, width: number): readonly string[] {
  const seen = stages.filter(({ count }) => count > 0);
  const chart = Math.min(24, width - 62);
  const rows = seen.map(({ stage, count, p50, p99, max, histogram }) => [
    stage,
    number(count),
    durationText(p50),
    durationText(p99),
    durationText(max),
    chart < 8 ? '' : sparkline(histogram, chart),
  ]);
  return table([['', 'runs', 'p50', 'p99', 'last', chart < 8 ? '' : '0 … last'], ...rows], [1, 2, 3, 4]);
}

const limitTable = (limits: NonNullable<Report['limits']>): readonly string[] =>
  table(
    limits.map(({ stage, setting, ms }) => [stage, setting, durationText(ms)]),
    [2],
  );

function nodesLines({ real, virtual, pending, podHours }: NodesReport, width: number): readonly string[] {
  const top = Math.max(...real, ...virtual, ...pending);
  const line = (name: string, values: readonly number[]): string =>
    `${name.padEnd(9)}${sparkline(values, width - 24, top).padEnd(Math.min(values.length, width - 24))}  most ${number(Math.max(0, ...values))}`;
  return [
    line('ordinary', real),
    line('virtual', virtual),
    line('pending', pending),
    `pod hours: ${number(podHours.real)} on ordinary nodes, ${number(podHours.virtual)} on virtual nodes`,
  ];
}

const scaleDownTable = ({ gone, realBeforeVirtual }: NonNullable<Report['scaleDown']>): readonly string[] =>
  table(
    [
      [number(gone.virtual), 'on virtual nodes'],
      [number(gone.real), 'on ordinary nodes'],
      [number(gone.unbound), 'on no node yet'],
      [number(realBeforeVirtual), 'of the ordinary ones while a virtual one of the same set went on'],
    ],
    [0],
  );

function failureLines({ jobs, pods, timeline }: FailuresReport, width: number): readonly string[] {
  const total = pods.reduce((sum, { count }) => sum + count, 0);
  return [
    ...table(
      [
        [number(jobs.complete), 'Jobs completed'],
        [number(jobs.failed), 'Jobs failed'],
        [number(total), 'pods failed'],
        ...pods.map(({ reason, count }) => [number(count), `  ${reason}`]),
      ],
      [0],
    ),
    ...(total === 0 ? [] : [`failed pods over time  ${sparkline(timeline, width - 24)}`]),
  ];
}

const bullet = (text: string, width: number): readonly string[] =>
  wrap(text, width - 2).map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`));

/** Breaks at spaces. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Cuts what is too wide; colours take no room, and a coloured line is short. */
const fit = (line: string, width: number): string =>
  line.includes('\u001b') || line.length <= width ? line : `${line.slice(0, width - 1)}…`;
