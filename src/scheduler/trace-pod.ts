import type { KubeObject } from '../kube/object.js';
import { schedulingAnnotation } from '../objects/well-known.js';
import { readSigns } from './signs.js';
import { readStory, type Story } from './story.js';
import { step, timeOf, type ConditionParts, type TraceStep } from './trace-step.js';

interface PodParts {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: Status;
}
interface Status {
  readonly startTime?: string;
  readonly conditions?: readonly ConditionParts[];
  readonly containerStatuses?: readonly {
    readonly state?: {
      readonly running?: { readonly startedAt?: string };
      readonly terminated?: {
        readonly startedAt?: string;
        readonly finishedAt?: string;
        readonly exitCode?: number;
      };
    };
  }[];
}

/** What happened to one pod. */
export function ofPod(pod: KubeObject): readonly TraceStep[] {
  const of = `pod/${pod.metadata.name ?? ''}`;
  const { spec, status = {} } = pod as unknown as PodParts;
  const node = spec?.nodeName ?? '';
  const story = readStory(pod.metadata.annotations?.[schedulingAnnotation]);
  return [
    ...step(timeOf(pod.metadata.creationTimestamp), 's', 'pod made', of),
    ...step(story?.seen, 'ms', 'pod seen', of),
    ...placing(of, node, story, status),
    ...step(timeOf(status.startTime), 's', 'accepted', of, `by ${node}`),
    ...running(of, status),
    ...refusal(of, pod, status),
  ];
}

function placing(
  of: string,
  node: string,
  story: Story | undefined,
  { conditions = [] }: Status,
): readonly TraceStep[] {
  if (story !== undefined) {
    return step(story.bound, 'ms', 'bound', of, `to ${node}, ${story.provider ?? 'an ordinary node'}`);
  }
  const placed = conditions.find(({ type }) => type === 'PodScheduled');
  if (placed === undefined) return [];
  const at = timeOf(placed.lastTransitionTime);
  return placed.status === 'True'
    ? step(at, 's', 'bound', of, `to ${node}, by another scheduler`)
    : step(at, 's', 'fits nowhere', of, placed.message);
}

function running(of: string, { containerStatuses = [] }: Status): readonly TraceStep[] {
  const states = containerStatuses.map(({ state }) => state);
  const started = states.flatMap((state) => (state?.running ?? state?.terminated)?.startedAt ?? []);
  const ended = states.flatMap((state) => state?.terminated ?? []).find(({ finishedAt }) => finishedAt);
  return [
    ...step(timeOf(started[0]), 's', 'started', of),
    ...(ended ? step(timeOf(ended.finishedAt), 's', 'ended', of, `exit code ${ended.exitCode ?? 0}`) : []),
  ];
}

/** Without a time of its own: that of the condition which the same write sets. */
function refusal(of: string, pod: KubeObject, { conditions = [] }: Status): readonly TraceStep[] {
  const { progress, because } = readSigns(pod);
  if (progress !== 'refused') return [];
  const said = conditions.find(({ type }) => type === 'DisruptionTarget' || type === 'Ready');
  return step(timeOf(said?.lastTransitionTime), 's', 'turned away', of, because);
}
