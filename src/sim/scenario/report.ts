import type { Limit } from './limits.js';
import type { Result } from './run.js';
import type { Section } from './schema.js';
import { stageTimes } from './trace.js';
import type { StageTimes } from './trace.js';

/** What a scenario shows, as data: `-o json` prints it as it is. */
export interface Report {
  readonly scenario: string;
  readonly about: string;
  readonly tidegate: boolean;
  readonly seed: number;
  /** Milliseconds. */
  readonly length: number;
  readonly admission?: readonly {
    readonly verdict: string;
    readonly because: string;
    readonly count: number;
  }[];
  readonly stages?: readonly (Omit<StageTimes, 'values'> & { readonly histogram: readonly number[] })[];
  readonly limits?: readonly Limit[];
  readonly nodes?: NodesReport;
  readonly scaleDown?: Result['recording']['scaleDown'];
  readonly failures?: FailuresReport;
  readonly takeaways: readonly string[];
}

export interface NodesReport {
  /** Running pods over time. */
  readonly real: readonly number[];
  readonly virtual: readonly number[];
  readonly pending: readonly number[];
  readonly podHours: { readonly real: number; readonly virtual: number };
}

export interface FailuresReport {
  readonly jobs: { readonly complete: number; readonly failed: number };
  /** Failed pods by reason. */
  readonly pods: readonly { readonly reason: string; readonly count: number }[];
  /** Failed pods over time. */
  readonly timeline: readonly number[];
}

const buckets = 24;

export function reportOf(result: Result, tidegate: boolean, limits: readonly Limit[]): Report {
  const { scenario, trace, recording } = result;
  const { spec } = scenario;
  const stages = stageTimes(trace.runs);
  const all = {
    admission: countAsked(result),
    stages: stages.map(({ values, ...times }) => ({ ...times, histogram: histogram(values, times.max) })),
    limits,
    nodes: nodesReport(result),
    scaleDown: recording.scaleDown,
    failures: failuresReport(result),
  } satisfies { [S in Section]: unknown };
  const chosen = Object.fromEntries(spec.report.map((section) => [section, all[section]]));
  const figures = figuresOf(stages, all);
  return {
    scenario: scenario.metadata.name,
    about: spec.about,
    tidegate,
    seed: spec.seed,
    length: spec.length,
    ...chosen,
    takeaways: (tidegate ? spec.takeaways : (spec.takeawaysWithout ?? spec.takeaways)).map((text) =>
      fill(text, figures),
    ),
  };
}

/** How many of each, over equal parts from 0 to `max`. */
export function histogram(values: readonly number[], max: number): readonly number[] {
  const counts = Array.from({ length: buckets }, () => 0);
  for (const value of values) {
    const i = max === 0 ? 0 : Math.min(buckets - 1, Math.floor((value * buckets) / max));
    counts[i] = (counts[i] ?? 0) + 1;
  }
  return counts;
}

/** 450 ms, 58.2 s, 9m58s, 3h05m: about three digits. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor((seconds % 3600) / 60))}m`;
}

function countAsked({ asked }: Result): NonNullable<Report['admission']> {
  const groups = Map.groupBy(asked, ({ resource, verdict, because }) => `${resource} ${verdict}\n${because}`);
  return [...groups].map(([key, members]) => {
    const [verdict = '', because = ''] = key.split('\n');
    return { verdict, because, count: members.length };
  });
}

function nodesReport({ recording: { samples, seconds } }: Result): NodesReport {
  return {
    real: samples.map(({ real }) => real),
    virtual: samples.map(({ virtual }) => virtual),
    pending: samples.map(({ pending }) => pending),
    podHours: { real: hours(seconds.real), virtual: hours(seconds.virtual) },
  };
}

const hours = (seconds: number): number => Math.round((seconds / 3600) * 10) / 10;

function failuresReport({ trace, scenario: { spec } }: Result): FailuresReport {
  const byReason = Map.groupBy(trace.failures, ({ reason }) => reason);
  const since = trace.failures.map(({ at }) => at - spec.start);
  return {
    jobs: trace.jobs,
    pods: [...byReason].map(([reason, members]) => ({ reason, count: members.length })),
    timeline: histogram(since, spec.length),
  };
}

type Figures = ReadonlyMap<string, string>;

function figuresOf(
  stages: readonly StageTimes[],
  {
    nodes,
    scaleDown,
    failures,
    admission,
  }: {
    readonly nodes: NodesReport;
    readonly scaleDown: NonNullable<Report['scaleDown']>;
    readonly failures: FailuresReport;
    readonly admission: NonNullable<Report['admission']>;
  },
): Figures {
  const figures = new Map<string, string>();
  for (const { stage, count, p50, p99, max } of stages) {
    figures.set(`${stage}.count`, String(count));
    figures.set(`${stage}.p50`, durationText(p50));
    figures.set(`${stage}.p99`, durationText(p99));
    figures.set(`${stage}.max`, durationText(max));
  }
  const { gone, realBeforeVirtual } = scaleDown;
  const deleted = gone.real + gone.virtual + gone.unbound;
  const patched = admission.filter(({ verdict }) => verdict.endsWith('patched'));
  const counts = {
    deleted,
    deletedReal: gone.real,
    deletedVirtual: gone.virtual,
    realBeforeVirtual,
    virtualAtEnd: nodes.virtual.at(-1) ?? 0,
    realAtEnd: nodes.real.at(-1) ?? 0,
    pendingAtEnd: nodes.pending.at(-1) ?? 0,
    mostPending: Math.max(0, ...nodes.pending),
    mostVirtual: Math.max(0, ...nodes.virtual),
    virtualPodHours: nodes.podHours.virtual,
    realPodHours: nodes.podHours.real,
    jobsComplete: failures.jobs.complete,
    jobsFailed: failures.jobs.failed,
    podsFailed: failures.pods.reduce((sum, { count }) => sum + count, 0),
    patched: patched.reduce((sum, { count }) => sum + count, 0),
  };
  for (const [name, value] of Object.entries(counts)) figures.set(name, value.toLocaleString('en'));
  return figures;
}

/** `{due → Job.max}` becomes its figure; what is not known stays as it is written. */
const fill = (text: string, figures: Figures): string =>
  text.replaceAll(/\{([^{}]+)\}/g, (whole, name: string) => figures.get(name) ?? whole);
