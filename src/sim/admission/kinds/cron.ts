/** What is wrong with a CronJob's schedule or time zone, in the words of robfig/cron/v3 and the API server. */
const names = {
  month: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  day: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};

interface FieldRule {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const fields: readonly FieldRule[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: names.month },
  { min: 0, max: 6, names: names.day },
];
const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** @returns undefined for a schedule that is valid */
export function scheduleFault(schedule: string): string | undefined {
  if (schedule.includes('TZ')) return 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  if (schedule.startsWith('@')) return descriptorFault(schedule);
  const words = schedule.trim().split(/\s+/);
  if (words.length !== 5) return `expected exactly 5 fields, found ${words.length}: [${words.join(' ')}]`;
  for (const [i, rule] of fields.entries()) {
    for (const part of (words[i] ?? '').split(',')) {
      const fault = rangeFault(part, rule);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function descriptorFault(schedule: string): string | undefined {
  if (descriptors.includes(schedule)) return undefined;
  if (/^@every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(schedule)) return undefined;
  if (schedule.startsWith('@every ')) {
    const duration = schedule.slice('@every '.length);
    return `failed to parse duration ${schedule}: time: invalid duration ${JSON.stringify(duration)}`;
  }
  return `unrecognized descriptor: ${schedule}`;
}

function rangeFault(part: string, rule: FieldRule): string | undefined {
  const [range = '', step, ...more] = part.split('/');
  if (more.length > 0) return `too many slashes: ${part}`;
  const [low = '', high, ...rest] = range.split('-');
  if (rest.length > 0) return `too many hyphens: ${part}`;
  const start = isAny(low) ? rule.min : numberOf(low, rule);
  if (start === undefined) return notANumber(low);
  const end = endOf(low, high, step, start, rule);
  if (end === undefined) return notANumber(high ?? '');
  return boundsFault(start, end, rule, part) ?? stepFault(step, part);
}

const isAny = (text: string): boolean => text === '*' || text === '?';

function boundsFault(start: number, end: number, rule: FieldRule, part: string): string | undefined {
  if (start < rule.min) return `beginning of range (${start}) below minimum (${rule.min}): ${part}`;
  if (end > rule.max) return `end of range (${end}) above maximum (${rule.max}): ${part}`;
  return start > end ? `beginning of range (${start}) beyond end of range (${end}): ${part}` : undefined;
}

const notANumber = (text: string): string =>
  `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;

function endOf(
  low: string,
  high: string | undefined,
  step: string | undefined,
  start: number,
  rule: FieldRule,
): number | undefined {
  if (isAny(low)) return rule.max;
  if (high !== undefined) return numberOf(high, rule);
  return step === undefined ? start : rule.max;
}

function stepFault(step: string | undefined, part: string): string | undefined {
  if (step === undefined) return undefined;
  if (!/^\d+$/.test(step)) return notANumber(step);
  return Number(step) === 0 ? `step of range should be a positive number: ${part}` : undefined;
}

function numberOf(text: string, rule: FieldRule): number | undefined {
  const named = rule.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + rule.min;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** @returns undefined for a zone that exists */
export function timeZoneFault(zone: string): string | undefined {
  if (zone === '') return 'timeZone must be nil or non-empty string';
  if (zone.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return undefined;
  } catch {
    return `unknown time zone ${zone}`;
  }
}
