import type { Clock } from '../../telemetry/clock.js';
import { isVirtualNode } from './virtual.js';
import type { Door } from '../controllers/door.js';
import { phaseOf } from '../controllers/objects.js';
import type { Pod, ReplicaSet } from '../controllers/objects.js';

/** Running pods at one time. */
export interface Sample {
  readonly at: number;
  readonly real: number;
  readonly virtual: number;
  readonly pending: number;
}

export interface Recording {
  readonly samples: readonly Sample[];
  /** Pods of ReplicaSets that scale-downs deleted. */
  readonly scaleDown: {
    /** Where the one that went was bound. */
    readonly gone: { real: number; virtual: number; unbound: number };
    /** Pods on ordinary nodes that went while a ready one of the same set ran on a virtual node. */
    realBeforeVirtual: number;
  };
  /** Pod seconds, by where the pods ran. */
  readonly seconds: { real: number; virtual: number };
  sample(): void;
  readonly scaledDown: (set: ReplicaSet, gone: readonly Pod[], of: readonly Pod[]) => void;
}

/** What a scenario's report is made of, besides the trace. */
export function startRecording(door: Door, clock: Clock): Recording {
  const samples: Sample[] = [];
  const scaleDown = { gone: { real: 0, virtual: 0, unbound: 0 }, realBeforeVirtual: 0 };
  const seconds = { real: 0, virtual: 0 };
  const alive = new Set<string>();
  let accruedUntil = clock.now();
  const running = { real: 0, virtual: 0 };
  let pending = 0;

  const whereIs = ({ spec }: Pod): 'real' | 'virtual' | 'unbound' => {
    if (spec.nodeName === undefined) return 'unbound';
    return isVirtualNode(door.get('nodes', '', spec.nodeName)) ? 'virtual' : 'real';
  };

  door.watch('pods', ({ type, object, previous }) => {
    const isPending = type !== 'DELETED' && phaseOf(object) === 'Pending';
    const wasPending = previous !== undefined && phaseOf(previous) === 'Pending';
    pending += Number(isPending) - Number(wasPending);
    const isRunning = type !== 'DELETED' && phaseOf(object) === 'Running';
    const { uid } = object.metadata;
    if (isRunning !== alive.has(uid)) change(object, isRunning);
  });

  function change(pod: Pod, isRunning: boolean): void {
    accrue();
    const where = whereIs(pod) === 'virtual' ? 'virtual' : 'real';
    running[where] += isRunning ? 1 : -1;
    if (isRunning) alive.add(pod.metadata.uid);
    else alive.delete(pod.metadata.uid);
  }

  function accrue(): void {
    const passed = (clock.now() - accruedUntil) / 1000;
    seconds.real += running.real * passed;
    seconds.virtual += running.virtual * passed;
    accruedUntil = clock.now();
  }

  return {
    samples,
    scaleDown,
    seconds,
    sample() {
      accrue();
      samples.push({ at: clock.now(), ...running, pending });
    },
    scaledDown(_, gone, of) {
      const stays = new Set(of);
      for (const pod of gone) {
        stays.delete(pod);
        scaleDown.gone[whereIs(pod)] += 1;
      }
      const virtualStays = [...stays].some((pod) => whereIs(pod) === 'virtual' && phaseOf(pod) === 'Running');
      if (virtualStays) scaleDown.realBeforeVirtual += gone.filter((pod) => whereIs(pod) === 'real').length;
    },
  };
}
