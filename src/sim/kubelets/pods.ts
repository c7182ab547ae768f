import { childOf, timestamp } from '../store/object.js';
import type { Draft } from '../store/object.js';
import type { Clock } from '../../telemetry/clock.js';
import type { Door } from '../controllers/door.js';
import type { Pod } from '../controllers/objects.js';

/** Annotations by which a scenario says how long a pod runs, in milliseconds, and how it ends: an exit code. */
export const runAnnotation = 'sim.tidegate.io/run-ms';
export const exitAnnotation = 'sim.tidegate.io/exit-code';

/** Milliseconds; undefined: until it is told to stop. */
export function runTime({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[runAnnotation];
  return text === undefined ? undefined : Number(text);
}

/** What every kubelet writes into pods. */
export interface PodWriter {
  running(pod: Pod): void;
  finished(pod: Pod, exitCode: number): void;
  /** Turned away before any container started. */
  failed(pod: Pod, reason: string, message: string): void;
  note(pod: Pod, reason: string, message: string): void;
  condition(pod: Pod, type: string, status: string, reason: string): void;
  gone(pod: Pod): void;
}

export function createPodWriter(door: Door, clock: Clock): PodWriter {
  const now = (): string => timestamp(clock.now());

  function status(pod: Pod, change: (status: Draft) => void): void {
    door.update('pods', pod, (draft) => {
      change(childOf(draft, 'status'));
    });
  }

  function setCondition(draft: Draft, type: string, is: string, reason?: string): void {
    const known = Array.isArray(draft['conditions']) ? (draft['conditions'] as Draft[]) : [];
    const others = known.filter((condition) => condition['type'] !== type);
    const condition = {
      type,
      status: is,
      ...(reason === undefined ? {} : { reason }),
      lastTransitionTime: now(),
    };
    draft['conditions'] = [...others, condition];
  }

  return {
    running(pod) {
      status(pod, (draft) => {
        draft['phase'] = 'Running';
        draft['startTime'] = now();
        setCondition(draft, 'Ready', 'True');
        const running = { state: { running: { startedAt: now() } } };
        draft['containerStatuses'] = statuses(pod, { ready: true, started: true, ...running });
      });
    },
    finished(pod, exitCode) {
      const finishedAt = now();
      status(pod, (draft) => {
        draft['phase'] = exitCode === 0 ? 'Succeeded' : 'Failed';
        setCondition(draft, 'Ready', 'False');
        const reason = exitCode === 0 ? 'Completed' : 'Error';
        const terminated = { state: { terminated: { exitCode, finishedAt, reason } } };
        draft['containerStatuses'] = statuses(pod, { ready: false, started: false, ...terminated });
      });
    },
    failed(pod, reason, message) {
      status(pod, (draft) => {
        Object.assign(draft, { phase: 'Failed', reason, message });
        setCondition(draft, 'Ready', 'False');
      });
    },
    note(pod, reason, message) {
      status(pod, (draft) => {
        Object.assign(draft, { reason, message });
      });
    },
    condition(pod, type, is, reason) {
      status(pod, (draft) => {
        setCondition(draft, type, is, reason);
      });
    },
    gone(pod) {
      door.remove('pods', pod, true);
    },
  };
}

/** A container's fields that the API wants whatever its state. */
const statuses = ({ spec }: Pod, state: Draft): Draft[] =>
  (spec.containers ?? []).map(({ name, image = '' }) => ({
    name,
    image,
    imageID: image,
    restartCount: 0,
    ...state,
  }));
