import { childOf, timestamp } from '../../store/object.js';
import type { ControllerDeps } from '../loop.js';
import { createWriter } from '../loop.js';
import { collect, gcMs } from './decide.js';

/** Collects pods that nobody else will: pkg/controller/podgc. A node that is gone is gone for good in the model. */
export function startPodGc(deps: ControllerDeps): void {
  const { door, clock } = deps;
  const writer = createWriter(deps);

  async function round(): Promise<void> {
    const found = collect(door.all('pods'), (name) => door.get('nodes', '', name) === undefined);
    for (const { pod, failFirst } of found) {
      await writer.turn();
      if (failFirst) door.update('pods', pod, fail);
      await writer.turn();
      door.remove('pods', pod, true);
    }
    clock.after(gcMs, () => void round());
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
