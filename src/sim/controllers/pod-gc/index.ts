import { childOf, timestamp } from '../../store/object.js';
import type { ControllerDeps } from '../loop.js';
import { createWriter, keyOf } from '../loop.js';
import { phaseOf } from '../objects.js';
import { collect, gcMs, terminatedThreshold } from './decide.js';

/** Collects pods that nobody else will: pkg/controller/podgc. A node that is gone is gone for good in the model. */
export function startPodGc(deps: ControllerDeps): void {
  const { door, clock } = deps;
  const writer = createWriter(deps);
  // Followed as they change: a day has four thousand rounds, and most of them find nothing.
  const finished = new Set<string>();
  const leaving = new Set<string>();
  let isNodeGone = false;

  door.watch('pods', ({ type, object }) => {
    const key = keyOf(object);
    const isThere = type !== 'DELETED';
    const { spec, metadata } = object;
    const isOver = phaseOf(object) === 'Succeeded' || phaseOf(object) === 'Failed';
    mark(finished, key, isThere && isOver);
    mark(leaving, key, isThere && spec.nodeName === undefined && metadata.deletionTimestamp !== undefined);
  });
  door.watch('nodes', ({ type }) => {
    isNodeGone ||= type === 'DELETED';
  });

  async function round(): Promise<void> {
    if (isNodeGone || leaving.size > 0 || finished.size > terminatedThreshold) await clean();
    clock.after(gcMs, () => void round());
  }

  async function clean(): Promise<void> {
    const found = collect(door.all('pods'), (name) => door.get('nodes', '', name) === undefined);
    for (const { pod, failFirst } of found) {
      if (failFirst) {
        await writer.turn();
        door.update('pods', pod, fail);
      }
      await writer.turn();
      door.remove('pods', pod, true);
    }
  }

  const fail: Parameters<typeof door.update>[2] = (draft) => {
    const condition = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC' };
    Object.assign(childOf(draft, 'status'), {
      phase: 'Failed',
      conditions: [{ ...condition, lastTransitionTime: timestamp(clock.now()) }],
    });
  };

  clock.after(gcMs, () => void round());
}

function mark(set: Set<string>, key: string, isIn: boolean): void {
  if (isIn) set.add(key);
  else set.delete(key);
}
