import type { Section, SectionReport, Table } from './section.ts';

/** A section as Markdown. `where`: the machine. */
export function toMarkdown({ title }: Section, { budgets, parts }: SectionReport, where: string): string {
  const table: Table = {
    head: ['budget', '', 'measured', ''],
    rows: budgets.map(({ what, budget, measured, met }) => [
      what,
      budget,
      measured,
      met ? 'met' : '**not met**',
    ]),
  };
  const texts = parts.map((part) => (typeof part === 'string' ? part : tableToMarkdown(part)));
  const held = budgets.length === 0 ? [] : [tableToMarkdown(table)];
  return [`## ${title}`, `Measured on ${where}.`, ...held, ...texts].join('\n\n');
}

function tableToMarkdown({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

const begin = (name: string): string => `<!-- ${name} -->`;
const end = (name: string): string => `<!-- end of ${name} -->`;

/** Puts sections into the page: in the place of an earlier run's, the others stay as they are. */
export function intoPage(
  page: string,
  order: readonly Section[],
  texts: ReadonlyMap<string, string>,
): string {
  const bodies = order.flatMap(({ name }) => {
    const text = texts.get(name) ?? textIn(page, name);
    return text === undefined ? [] : [`${begin(name)}\n${text.trim()}\n${end(name)}`];
  });
  return `${[head, ...bodies].join('\n\n')}\n`;
}

function textIn(page: string, name: string): string | undefined {
  const from = page.indexOf(begin(name));
  const to = page.indexOf(end(name));
  return from === -1 || to === -1 ? undefined : page.slice(from + begin(name).length, to);
}

const head = `# Benchmarks

Written by \`make bench\`, which measures everything anew; \`make bench ONLY=<section>\` measures one section and leaves the
others. It takes about six minutes, and ten more where \`KUBEBUILDER_ASSETS\` names the folder of a control plane's
programs. It needs nothing but this repository and the npm registry (Pepr is installed for it alone). What is compared runs in one run and in turns, so that a machine that others use too is slow for all of
them alike: trust the ratios, not the milliseconds. Budgets are those of the design.`;
