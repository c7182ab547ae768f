/** `0 s`, `45 s`, `12 min`, `1 h 5 min`: for people, who plan by it. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `8 to 12 min`, `90 s to 3 min`, or one of both where they are the same. */
export function rangeText({ least, most }: { readonly least: number; readonly most: number }): string {
  const [from, to] = [durationText(least), durationText(most)];
  if (from === to) return from;
  const [number = '', unit, ...more] = from.split(' ');
  const isShort = more.length === 0 && to.split(' ').slice(1).join(' ') === unit;
  return `${isShort ? number : from} to ${to}`;
}
