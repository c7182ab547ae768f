import type { Clock } from '../../telemetry/clock.js';
import type { Door } from '../controllers/door.js';
import { controllerOf, msOf, phaseOf } from '../controllers/objects.js';
import type { Job, Pod } from '../controllers/objects.js';

/** The way of one run of a CronJob, in milliseconds since the epoch, by our own clock: the API's times are whole seconds. */
export interface Run {
  readonly due: number;
  readonly job: number;
  pod?: number;
  bound?: number;
  accepted?: number;
  started?: number;
}

/** Stages, each from the one before. */
export const stages = ['job', 'pod', 'bound', 'accepted', 'started'] as const;
export type Stage = (typeof stages)[number];

export interface Failure {
  readonly at: number;
  readonly reason: string;
  readonly node: string;
}

export interface Trace {
  readonly runs: readonly Run[];
  readonly failures: readonly Failure[];
  accepted(pod: Pod): void;
  /** Jobs by how they ended. */
  readonly jobs: { complete: number; failed: number };
}

export function startTrace(door: Door, clock: Clock): Trace {
  const runs = new Map<string, Run>();
  const failures: Failure[] = [];
  const jobs = { complete: 0, failed: 0 };

  door.watch('jobs.batch', ({ type, object, previous }) => {
    if (type === 'ADDED') begin(object);
    if (type === 'MODIFIED') count(object, previous);
  });
  door.watch('pods', ({ type, object, previous }) => {
    const failed = phaseOf(object) === 'Failed' && previous?.status?.phase !== 'Failed';
    if (type === 'MODIFIED' && failed) fail(object);
    const run = runs.get(controllerOf(object.metadata)?.uid ?? '');
    if (run !== undefined) follow(run, object);
  });

  function follow(run: Run, pod: Pod): void {
    run.pod ??= clock.now();
    if (pod.spec.nodeName !== undefined) run.bound ??= clock.now();
    if (phaseOf(pod) === 'Running') run.started ??= clock.now();
  }

  function begin({ metadata }: Job): void {
    const due = msOf(metadata.annotations?.['batch.kubernetes.io/cronjob-scheduled-timestamp']);
    if (!Number.isNaN(due)) runs.set(metadata.uid, { due, job: clock.now() });
  }

  function count(job: Job, before: Job | undefined): void {
    const ended = (of: Job | undefined, type: string): boolean =>
      of?.status?.conditions?.some((condition) => condition.type === type) ?? false;
    if (ended(job, 'Complete') && !ended(before, 'Complete')) jobs.complete += 1;
    if (ended(job, 'Failed') && !ended(before, 'Failed')) jobs.failed += 1;
  }

  function fail(pod: Pod): void {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    failures.push({ at: clock.now(), reason: pod.status?.reason ?? 'Error', node: pod.spec.nodeName ?? '' });
  }

  return {
    get runs() {
      return [...runs.values()];
    },
    failures,
    jobs,
    accepted(pod) {
      const run = runs.get(controllerOf(pod.metadata)?.uid ?? '');
      if (run !== undefined) run.accepted ??= clock.now();
    },
  };
}

export interface StageTimes {
  readonly stage: string;
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** All of them, ascending. */
  readonly values: readonly number[];
}

/** Each stage from the one before, and the whole way from due. */
export function stageTimes(runs: readonly Run[]): readonly StageTimes[] {
  const from = (later: Stage, earlier: Stage | 'due'): readonly number[] =>
    runs.flatMap((run) => {
      const [a, b] = [run[earlier], run[later]];
      return a === undefined || b === undefined ? [] : [b - a];
    });
  const steps: readonly (readonly [string, Stage, Stage | 'due'])[] = [
    ['due → Job', 'job', 'due'],
    ['Job → Pod', 'pod', 'job'],
    ['Pod → bound', 'bound', 'pod'],
    ['bound → accepted', 'accepted', 'bound'],
    ['accepted → started', 'started', 'accepted'],
    ['due → bound', 'bound', 'due'],
    ['due → started', 'started', 'due'],
  ];
  return steps.map(([stage, later, earlier]) => summarise(stage, from(later, earlier)));
}

export function summarise(stage: string, times: readonly number[]): StageTimes {
  const values = times.toSorted((a, b) => a - b);
  return {
    stage,
    count: values.length,
    p50: percentile(values, 0.5),
    p99: percentile(values, 0.99),
    max: values.at(-1) ?? 0,
    values,
  };
}

/** Nearest rank; 0 of nothing. */
export function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] ?? 0;
}
