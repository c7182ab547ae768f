import { isObject, type Json } from '../objects/json.js';
import { commonItems, type Match } from '../text/common.js';

/** One place of two lists: an item that stayed or changed, that went (no `after`), or that came (no `before`). */
export interface Aligned {
  readonly before?: number;
  readonly after?: number;
}

/**
 * Which item of `after` is which of `before`: equal ones in order, as many as there are; between them those of the
 * same `name`, or without one in the order in which they stand.
 */
export function align(before: readonly Json[], after: readonly Json[]): Aligned[] {
  const kept = commonItems(
    before.map((item) => JSON.stringify(item)),
    after.map((item) => JSON.stringify(item)),
  );
  const aligned: Aligned[] = [];
  let from: Match = [0, 0];
  for (const [i, j] of kept) {
    aligned.push(...pairUp(before, after, from, [i, j]), { before: i, after: j });
    from = [i + 1, j + 1];
  }
  return [...aligned, ...pairUp(before, after, from, [before.length, after.length])];
}

/** What is between `from` and `to`, where no item stayed as it was. */
function pairUp(before: readonly Json[], after: readonly Json[], from: Match, to: Match): Aligned[] {
  const came = Array.from({ length: to[1] - from[1] }, (_, i) => from[1] + i);
  const aligned: Aligned[] = [];
  for (let i = from[0]; i < to[0]; i += 1) {
    const same = came.findIndex((j) => nameOf(before[i]) === nameOf(after[j]));
    if (same === -1) {
      aligned.push({ before: i });
      continue;
    }
    const [changed = 0, ...earlier] = came.splice(0, same + 1).reverse();
    aligned.push(...earlier.reverse().map((j) => ({ after: j })), { before: i, after: changed });
  }
  return [...aligned, ...came.map((j) => ({ after: j }))];
}

const nameOf = (item: Json | undefined): Json | undefined => (isObject(item) ? item['name'] : undefined);
