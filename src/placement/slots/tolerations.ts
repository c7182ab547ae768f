import type { JsonObject } from '../../objects/json.js';
import type { Toleration } from '../../objects/pod.js';
import { numberAt, objectsAt, stringAt } from '../../objects/read.js';
import { covers, sameToleration } from '../../objects/toleration.js';
import { defaultTolerationSeconds } from '../../objects/well-known.js';
import type { Intent, Wished } from '../intent.js';
import type { Outcome, Result } from '../outcome.js';
import { below, type PatchBuilder, type Place } from '../patch.js';

/** Tolerations are a set: what is there, or is covered by a wider one, is not added again. */
export function mergeTolerations(
  spec: JsonObject,
  place: Place,
  intent: Intent,
  defaulted: boolean,
  patch: PatchBuilder,
): Outcome[] {
  const present = readTolerations(spec, place);
  const list = new TolerationList(
    present,
    spec['tolerations'] ?? undefined,
    below(place, 'tolerations'),
    patch,
  );
  return [
    ...intent.slots.toleration.map((wish) => outcome(wish, list.put(wish.value))),
    ...intent.slots.timedToleration.map((wish) => outcome(wish, list.putTimed(wish.value, defaulted))),
  ];
}

/** Checks what is compared. */
function readTolerations(spec: JsonObject, place: Place): readonly Toleration[] {
  const list = objectsAt(spec, 'tolerations', place.pointer);
  list.forEach((toleration, i) => {
    const path = `${place.pointer}/tolerations/${i}`;
    for (const field of ['key', 'operator', 'value', 'effect']) stringAt(toleration, field, path);
    numberAt(toleration, 'tolerationSeconds', path);
  });
  return list;
}

class TolerationList {
  readonly #all: Toleration[];
  readonly #there: unknown;
  readonly #place: Place;
  readonly #patch: PatchBuilder;

  constructor(present: readonly Toleration[], there: unknown, place: Place, patch: PatchBuilder) {
    this.#all = [...present];
    this.#there = there;
    this.#place = place;
    this.#patch = patch;
  }

  put(wanted: Toleration): Result {
    if (this.#all.some((t) => covers(t, wanted))) return 'already-there';
    if (this.#all.some((t) => sameToleration(t, wanted))) return 'user-wins';
    return this.#append(wanted);
  }

  /** `defaulted`: the API server has already put its own 300 s in, which then is nobody's wish. */
  putTimed(wanted: Toleration, defaulted: boolean): Result {
    const index = this.#all.findIndex((t) => sameToleration(t, wanted));
    const same = this.#all[index];
    if (same === undefined) return this.put(wanted);
    if (same.tolerationSeconds === wanted.tolerationSeconds) return 'already-there';
    if (!defaulted || same.tolerationSeconds !== defaultTolerationSeconds) return 'user-wins';
    this.#patch.replace(below(this.#place, index), wanted, same);
    this.#all[index] = wanted;
    return 'added';
  }

  #append(wanted: Toleration): Result {
    if (this.#all.length === 0) this.#patch.ensure(this.#place, this.#there, 'list');
    this.#patch.add(below(this.#place, this.#all.length), wanted);
    this.#all.push(wanted);
    return 'added';
  }
}

const outcome = (wish: Wished<'toleration' | 'timedToleration'>, result: Result): Outcome => ({
  aspect: wish.aspect,
  result,
  item: `toleration ${wish.value.key ?? '*'}`,
});
