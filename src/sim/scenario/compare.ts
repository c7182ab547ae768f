import { renderReport, section, table, type RenderOptions } from './render.js';
import type { Report } from './report.js';

/** One scenario, played in a cluster without tidegate and in one with it. */
export interface Comparison {
  readonly without: Report;
  readonly with: Report;
}

/** The report with tidegate, and under it the figures of both runs side by side. */
export function renderComparison({ without, with: withIt }: Comparison, options: RenderOptions): string {
  const theirs = figuresOf(without);
  const rows = [...figuresOf(withIt)].map(([name, value]) => [
    name,
    (theirs.get(name) ?? 0).toLocaleString('en'),
    value.toLocaleString('en'),
  ]);
  const lines = section('Side by side', table([['', 'without', 'with'], ...rows], [1, 2]), options);
  return `${renderReport(withIt, options)}${lines.join('\n')}\n`;
}

/** Of the sections that the scenario reports. */
function figuresOf({ scaleDown, nodes, failures }: Report): ReadonlyMap<string, number> {
  const figures: (readonly [string, number])[] = [];
  if (scaleDown !== undefined) {
    figures.push(
      ['pods on virtual nodes that went', scaleDown.gone.virtual],
      ['pods on ordinary nodes that went', scaleDown.gone.real],
      ['  of them while a virtual one of the same set went on', scaleDown.realBeforeVirtual],
    );
  }
  if (nodes !== undefined) {
    figures.push(
      ['pods on virtual nodes at the end', nodes.virtual.at(-1) ?? 0],
      ['pods on ordinary nodes at the end', nodes.real.at(-1) ?? 0],
      ['pod hours paid for by the second, on virtual nodes', nodes.podHours.virtual],
      ['pod hours on ordinary nodes', nodes.podHours.real],
    );
  }
  if (failures !== undefined) {
    figures.push(
      ['Jobs completed', failures.jobs.complete],
      ['Jobs failed', failures.jobs.failed],
      ['pods failed', failures.pods.reduce((sum, { count }) => sum + count, 0)],
    );
  }
  return new Map(figures);
}
