/** k8s.io/apimachinery/pkg/util/duration HumanDuration: two units at most, fewer the longer it is. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  return steps.find((step) => seconds < step.below)?.print(seconds) ?? years(seconds);
}

interface Step {
  readonly below: number;
  readonly print: (seconds: number) => string;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

const one = (unit: number, name: string) => (seconds: number) => `${Math.floor(seconds / unit)}${name}`;
const two = (unit: number, name: string, sub: number, subName: string) => (seconds: number) => {
  const rest = Math.floor((seconds % unit) / sub);
  return `${Math.floor(seconds / unit)}${name}${rest === 0 ? '' : `${rest}${subName}`}`;
};

const steps: readonly Step[] = [
  { below: 2 * minute, print: one(1, 's') },
  { below: 10 * minute, print: two(minute, 'm', 1, 's') },
  { below: 3 * hour, print: one(minute, 'm') },
  { below: 8 * hour, print: two(hour, 'h', minute, 'm') },
  { below: 2 * day, print: one(hour, 'h') },
  { below: 8 * day, print: two(day, 'd', hour, 'h') },
  { below: 2 * year, print: one(day, 'd') },
  { below: 8 * year, print: two(year, 'y', day, 'd') },
];

const years = one(year, 'y');

/** Age of a timestamp; `<unknown>` where there is none. */
export function since(timestamp: string, nowMs: number): string {
  return timestamp === '' ? '<unknown>' : duration(nowMs - Date.parse(timestamp));
}
