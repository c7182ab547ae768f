/** Index in the one list, index in the other. */
export type Match = readonly [a: number, b: number];

/**
 * The longest common subsequence of two lists, by Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its
 * Variations", 1986): quick where little differs. Lists that differ in more than `maxDistance` items share nothing.
 */
export function commonItems(a: readonly string[], b: readonly string[]): Match[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return [
    ...Array.from({ length: start }, (_, i): Match => [i, i]),
    ...differing(a.slice(start, a.length - end), b.slice(start, b.length - end)).map(([i, j]): Match => [
      start + i,
      start + j,
    ]),
    ...Array.from({ length: end }, (_, i): Match => [a.length - end + i, b.length - end + i]),
  ];
}

/** Its square is the table's size: 16 MB at most. */
const maxDistance = 2000;

/** For lists without a common start or end. */
function differing(a: readonly string[], b: readonly string[]): Match[] {
  if (a.length === 0 || b.length === 0) return [];
  const max = Math.min(a.length + b.length, maxDistance);
  const zero = max + 1;
  /** By diagonal (place in a less place in b): how far into a the best path comes. */
  const reach = new Int32Array(2 * max + 3);
  const rounds: Int32Array[] = [];
  for (let distance = 0; distance <= max; distance += 1) {
    rounds.push(reach.slice(zero - distance - 1, zero + distance + 2));
    for (let diagonal = -distance; diagonal <= distance; diagonal += 2) {
      const from = cameFrom(reach, zero, diagonal, distance);
      const x = follow(a, b, (reach[zero + from] ?? 0) + (from < diagonal ? 1 : 0), diagonal);
      reach.fill(x, zero + diagonal, zero + diagonal + 1);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(rounds, a.length, b.length);
    }
  }
  return [];
}

/** As far as both lists go on the same. */
function follow(a: readonly string[], b: readonly string[], start: number, diagonal: number): number {
  let x = start;
  while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
  return x;
}

/** The diagonal that a path comes from: the one above, by an item of b, or the one below, by one of a. */
function cameFrom(reach: Int32Array, zero: number, diagonal: number, distance: number): number {
  const above = reach[zero + diagonal + 1] ?? 0;
  const below = reach[zero + diagonal - 1] ?? 0;
  const fromAbove = diagonal === -distance || (diagonal !== distance && below < above);
  return fromAbove ? diagonal + 1 : diagonal - 1;
}

function walkBack(rounds: readonly Int32Array[], aLength: number, bLength: number): Match[] {
  const matches: Match[] = [];
  let [x, y] = [aLength, bLength];
  for (let distance = rounds.length - 1; distance >= 0; distance -= 1) {
    const reach = rounds[distance] ?? new Int32Array();
    const from = cameFrom(reach, distance + 1, x - y, distance);
    const startX = distance === 0 ? 0 : (reach[distance + 1 + from] ?? 0);
    const startY = distance === 0 ? 0 : startX - from;
    while (x > startX && y > startY) {
      x -= 1;
      y -= 1;
      matches.push([x, y]);
    }
    [x, y] = [startX, startY];
  }
  return matches.reverse();
}
