import type { Json } from '../../objects/json.js';
import { at, numberAt, objectsAt, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { since } from './durations.js';

/** A Pod's row, as k8s.io/kubernetes/pkg/printers/internalversion printPod fills it. */
export function podCells(pod: KubeObject, now: number): readonly Json[] {
  const statuses = objectsAt(pod, 'status', 'containerStatuses');
  const restarts = statuses.reduce((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
  const ready = statuses.filter(isReady).length;
  return [
    pod.metadata.name,
    `${ready}/${objectsAt(pod, 'spec', 'containers').length}`,
    podStatus(pod),
    restartsText(restarts, statuses, now),
    since(pod.metadata.creationTimestamp, now),
    textAt(pod, 'status', 'podIP') || '<none>',
    textAt(pod, 'spec', 'nodeName') || '<none>',
    textAt(pod, 'status', 'nominatedNodeName') || '<none>',
    '<none>',
  ];
}

const isReady = (status: Draft): boolean =>
  status['ready'] === true && at(status, 'state', 'running') !== undefined;

function restartsText(restarts: number, statuses: readonly Draft[], now: number): string {
  const ends = statuses.map((status) => textAt(status, 'lastState', 'terminated', 'finishedAt')).sort();
  const last = ends.at(-1) ?? '';
  return restarts === 0 || last === '' ? String(restarts) : `${restarts} (${since(last, now)} ago)`;
}

function podStatus(pod: KubeObject): string {
  const phase = textAt(pod, 'status', 'phase');
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (textAt(pod, 'status', 'reason') === 'NodeLost') return 'Unknown';
    if (phase !== 'Succeeded' && phase !== 'Failed') return 'Terminating';
  }
  return initReason(pod) ?? containerReason(pod) ?? podReason(pod, phase);
}

function podReason(pod: KubeObject, phase: string): string {
  const gated = objectsAt(pod, 'status', 'conditions').some((one) => one['reason'] === 'SchedulingGated');
  return gated ? 'SchedulingGated' : textAt(pod, 'status', 'reason') || phase;
}

/** The first init container that is not done. */
function initReason(pod: KubeObject): string | undefined {
  const statuses = objectsAt(pod, 'status', 'initContainerStatuses');
  for (const [i, status] of statuses.entries()) {
    if (at(status, 'state', 'terminated', 'exitCode') === 0 || status['started'] === true) continue;
    if (at(status, 'state', 'terminated') !== undefined) return `Init:${terminated(status)}`;
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${i}/${objectsAt(pod, 'spec', 'initContainers').length}`;
  }
  return undefined;
}

/** The first container that has something to say; done ones give way to running ones. */
function containerReason(pod: KubeObject): string | undefined {
  const statuses = objectsAt(pod, 'status', 'containerStatuses');
  const reasons = statuses.flatMap((status) => {
    const waiting = textAt(status, 'state', 'waiting', 'reason');
    if (waiting !== '') return [waiting];
    return at(status, 'state', 'terminated') === undefined ? [] : [terminated(status)];
  });
  const [first] = reasons;
  if (first !== 'Completed') return first;
  if (statuses.some(isReady)) return isPodReady(pod) ? 'Running' : 'NotReady';
  return reasons.find((reason) => reason !== 'Completed') ?? first;
}

const isPodReady = (pod: KubeObject): boolean =>
  objectsAt(pod, 'status', 'conditions').some((one) => one['type'] === 'Ready' && one['status'] === 'True');

function terminated(status: Draft): string {
  const reason = textAt(status, 'state', 'terminated', 'reason');
  if (reason !== '') return reason;
  const signal = numberAt(status, 'state', 'terminated', 'signal') ?? 0;
  if (signal !== 0) return `Signal:${signal}`;
  return `ExitCode:${numberAt(status, 'state', 'terminated', 'exitCode') ?? 0}`;
}
