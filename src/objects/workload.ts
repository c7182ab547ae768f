import type { JsonObject } from './json.js';

/** The kinds whose admission tidegate knows. */
export const workloadKinds = ['CronJob', 'Job', 'Pod'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** Where a workload of this kind keeps its pod template, as path segments; a Pod is its own template. */
export const templatePath = {
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Job: ['spec', 'template'],
  Pod: [],
} as const satisfies Record<WorkloadKind, readonly string[]>;

/** The object being admitted, with what a decision about it reads. Made by `readWorkload`. */
export interface Workload {
  readonly kind: WorkloadKind;
  /** The request's namespace: the object's own may be empty. */
  readonly namespace: string;
  /** Empty with generateName. */
  readonly name: string;
  readonly generateName: string;
  /** The workload's own labels and annotations, not its template's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Name of the owner with `controller: true`, if there is one. */
  readonly controllerName: string | undefined;
  readonly controllerKind: string | undefined;
  /** A CronJob's `spec.timeZone`. */
  readonly timeZone: string | undefined;
  /** It carries a deletionTimestamp. */
  readonly deleting: boolean;
  /** The whole object as it came in. */
  readonly object: JsonObject;
  /** The pod template (the Pod itself for a Pod). */
  readonly template: JsonObject;
}

/** The name that stays the same over the runs of a CronJob: controlling owner, else name, else generateName. */
export function stableName(workload: Workload): string {
  return workload.controllerName ?? (workload.name === '' ? workload.generateName : workload.name);
}
