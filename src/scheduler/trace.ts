import type { KubeObject } from '../kube/object.js';
import { isObject } from '../objects/json.js';
import { schedulingAnnotation } from '../objects/well-known.js';
import { readStory } from './story.js';
import { toJobTimes } from './times.js';
import { ofPod } from './trace-pod.js';
import { step, timeOf, type ConditionParts, type TraceStep } from './trace-step.js';

export type { TraceStep };

export interface TraceInput {
  /** The Job and its pods; a pod without a Job is alone. */
  readonly job: KubeObject | undefined;
  readonly pods: readonly KubeObject[];
  /** About any of them. */
  readonly events: readonly KubeObject[];
}

/** What happened, in order: read off the objects, what the scheduler wrote on them, and its events. */
export function traceOf({ job, pods, events }: TraceInput): readonly TraceStep[] {
  const steps = [...(job ? ofJob(job, pods) : []), ...pods.flatMap(ofPod), ...events.flatMap(ofEvent)];
  return steps.sort((a, b) => a.at - b.at || rank(a) - rank(b));
}

/** For what has the same time, as whole seconds often have. */
const order: readonly string[] = [
  'due',
  'job made',
  'job seen',
  'pod made',
  'pod seen',
  'fits nowhere',
  'FailedScheduling',
  'bound',
  'accepted',
  'started',
  'turned away',
  'ended',
  'job ended',
];

const rank = ({ what }: TraceStep): number => {
  const place = order.indexOf(what);
  return place === -1 ? order.length : place;
};

interface JobParts {
  readonly spec?: { readonly backoffLimit?: number };
  readonly status?: {
    readonly failed?: number;
    readonly succeeded?: number;
    readonly conditions?: readonly ConditionParts[];
  };
}
function ofJob(job: KubeObject, pods: readonly KubeObject[]): readonly TraceStep[] {
  const of = `job/${job.metadata.name ?? ''}`;
  const { spec, status } = job as unknown as JobParts;
  const stories = pods.flatMap(
    ({ metadata }) => readStory(metadata.annotations?.[schedulingAnnotation]) ?? [],
  );
  const seen = stories.find((story) => story.job !== undefined)?.job;
  const end = status?.conditions?.find(
    (one) => (one.type === 'Complete' || one.type === 'Failed') && one.status === 'True',
  );
  const spent = `${status?.failed ?? 0} failures counted, backoffLimit ${spec?.backoffLimit ?? 6}`;
  return [
    ...step(toJobTimes(() => undefined)(job).due, 's', 'due', of),
    ...step(timeOf(job.metadata.creationTimestamp), 's', 'job made', of),
    ...step(seen, 'ms', 'job seen', of),
    ...(end ? step(timeOf(end.lastTransitionTime), 's', 'job ended', of, `${textOf(end)}; ${spent}`) : []),
  ];
}

/** Of our own: what Kubernetes says about a pod stands in the objects. */
const told: ReadonlySet<string> = new Set([
  'PlacementFailed',
  'PlacementRefused',
  'WaitingOnNode',
  'FailedScheduling',
]);

function ofEvent(event: KubeObject): readonly TraceStep[] {
  const { reason, message, involvedObject, lastTimestamp, eventTime } = event;
  if (typeof reason !== 'string' || !told.has(reason) || !isObject(involvedObject)) return [];
  const { kind, name } = involvedObject;
  const at = timeOf(textIn(lastTimestamp) ?? textIn(eventTime) ?? event.metadata.creationTimestamp);
  const of = `${textIn(kind)?.toLowerCase() ?? ''}/${textIn(name) ?? ''}`;
  return step(at, 's', reason, of, textIn(message) ?? '');
}

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const textOf = ({ type, reason = '', message = '' }: ConditionParts): string =>
  type === 'Failed' ? `${type}, ${reason}: ${message}` : type;
