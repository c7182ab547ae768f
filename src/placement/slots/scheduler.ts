import type { JsonObject } from '../../objects/json.js';
import { stringAt } from '../../objects/read.js';
import { defaultScheduler, ownScheduler } from '../../objects/well-known.js';
import { reasons } from '../../policy/reasons.js';
import type { Intent } from '../intent.js';
import type { Outcome } from '../outcome.js';
import { below, type PatchBuilder, type Place } from '../patch.js';
import { unplaceable } from '../unplaceable.js';

/** A scheduler of the user's own choice stays; so does the default one where ours could not place the pod. */
export function mergeScheduler(
  spec: JsonObject,
  place: Place,
  intent: Intent,
  patch: PatchBuilder,
): Outcome[] {
  const there = stringAt(spec, 'schedulerName', place.pointer);
  const namePlace = below(place, 'schedulerName');
  return intent.slots.schedulerName.map(({ aspect, name }) => {
    const item = `schedulerName ${name}`;
    if (there === name) return { aspect, result: 'already-there', item };
    if ((there ?? '') !== '' && there !== defaultScheduler)
      return { aspect, result: 'user-wins', item, why: `it is ${there ?? ''}` };
    const where = name === ownScheduler ? unplaceable(spec, place.pointer) : undefined;
    if (where !== undefined) {
      const because = 'own-scheduler-cannot-place';
      return { aspect, result: 'not-offered', item, because, why: `${reasons[because]} (${where})` };
    }
    if (there === undefined) patch.add(namePlace, name);
    else patch.replace(namePlace, name, there);
    return { aspect, result: 'added', item };
  });
}

/** Whether the pod has the scheduler that is wished for. */
export const hasScheduler = (outcomes: readonly Outcome[]): boolean =>
  outcomes.some(({ result }) => result === 'added' || result === 'already-there');
