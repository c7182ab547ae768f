import { AppError } from '../errors.js';
import { isObject, type JsonObject } from './json.js';
import { toPointer } from './json-pointer.js';
import { booleanAt, objectAt, objectsAt, stringAt, stringMapAt } from './read.js';

/** The kinds whose admission tidegate knows. */
export const workloadKinds = ['CronJob', 'Job', 'Pod'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** Where a workload of this kind keeps its pod template, as path segments; a Pod is its own template. */
export const templatePath = {
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
  Job: ['spec', 'template'],
  Pod: [],
} as const satisfies Record<WorkloadKind, readonly string[]>;

/** Where a workload of this kind keeps the spec of its Jobs, as path segments; a Pod has none. */
export const jobSpecPath: Readonly<Record<WorkloadKind, readonly string[] | undefined>> = {
  CronJob: ['spec', 'jobTemplate', 'spec'],
  Job: ['spec'],
  Pod: undefined,
};

/** The object being admitted, with what a decision about it reads. */
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
  /** The owner with `controller: true`, if there is one. */
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

/** @throws {AppError} object-invalid, where a field has the wrong type, or there is no pod template. */
export function readWorkload(kind: WorkloadKind, object: JsonObject, namespace: string): Workload {
  const metadata = objectAt(object, 'metadata', '') ?? {};
  const spec = objectAt(object, 'spec', '') ?? {};
  const controller = objectsAt(metadata, 'ownerReferences', '/metadata').find((owner) =>
    booleanAt(owner, 'controller', '/metadata/ownerReferences'),
  );
  return {
    kind,
    namespace,
    name: stringAt(metadata, 'name', '/metadata') ?? '',
    generateName: stringAt(metadata, 'generateName', '/metadata') ?? '',
    labels: stringMapAt(metadata, 'labels', '/metadata'),
    annotations: stringMapAt(metadata, 'annotations', '/metadata'),
    controllerName: controller && stringAt(controller, 'name', '/metadata/ownerReferences'),
    controllerKind: controller && stringAt(controller, 'kind', '/metadata/ownerReferences'),
    timeZone: kind === 'CronJob' ? stringAt(spec, 'timeZone', '/spec') : undefined,
    deleting: (metadata['deletionTimestamp'] ?? undefined) !== undefined,
    object,
    template: templateOf(kind, object),
  };
}

/** The pod template in `object`. */
export function templateOf(kind: WorkloadKind, object: JsonObject): JsonObject {
  const template = follow(object, templatePath[kind]);
  step(template, 'spec', templatePath[kind]);
  return template;
}

/** The spec of its Jobs in `object`; undefined for a Pod. */
export function jobSpecOf(kind: WorkloadKind, object: JsonObject): JsonObject | undefined {
  const path = jobSpecPath[kind];
  return path && follow(object, path);
}

const follow = (object: JsonObject, path: readonly string[]): JsonObject =>
  path.reduce((parent, token, i) => step(parent, token, path.slice(0, i)), object);

function step(parent: JsonObject, token: string, path: readonly string[]): JsonObject {
  const child = objectAt(parent, token, toPointer(path));
  if (isObject(child)) return child;
  throw new AppError('object-invalid', `${toPointer([...path, token])}: expected an object, got none`);
}

/** The name that stays the same over the runs of a CronJob: controlling owner, else name, else generateName. */
export function stableName(workload: Pick<Workload, 'controllerName' | 'name' | 'generateName'>): string {
  return workload.controllerName ?? (workload.name === '' ? workload.generateName : workload.name);
}
