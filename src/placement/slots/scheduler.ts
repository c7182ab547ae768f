import type { JsonObject } from '../../objects/json.js';
import { stringAt } from '../../objects/read.js';
import { defaultScheduler } from '../../objects/well-known.js';
import type { Intent } from '../intent.js';
import type { Outcome } from '../outcome.js';
import { below, type PatchBuilder, type Place } from '../patch.js';

/** A scheduler of the user's own choice stays. */
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
    if (there === undefined) patch.add(namePlace, name);
    else if (there === '' || there === defaultScheduler) patch.replace(namePlace, name, there);
    else return { aspect, result: 'user-wins', item, why: `it is ${there}` };
    return { aspect, result: 'added', item };
  });
}
