import { isObject, type Json, type JsonObject } from '../objects/json.js';
import { recordAnnotation } from '../objects/well-known.js';
import type { Step } from './patch.js';

/** What the record annotation holds. No times: the same placement gives the same bytes. */
export interface PlacementRecord {
  /** Version of this shape. */
  readonly v: 1;
  readonly policy: string;
  readonly providers: readonly string[];
  /** In the order in which they were done; taken back from the last to the first. */
  readonly steps: readonly Step[];
  /** Likewise, below the spec of the Job that the template is in. */
  readonly jobSteps?: readonly Step[];
  /** The object had no annotations before this one. */
  readonly madeAnnotations?: true;
}

/** A step as it is written: one that is the same in several places, such as a variable in every container, once. */
type Written = Step | readonly ['+', paths: readonly string[], value: Json];

export function encodeRecord(record: PlacementRecord): string {
  return JSON.stringify({ ...record, steps: compact(record.steps) });
}

/**
 * Puts steps that add the very same value together, where the last of them is: so that in reverse they still come
 * before the making of the lists they are in.
 */
function compact(steps: readonly Step[]): Written[] {
  const paths = new Map<unknown, string[]>();
  for (const [sign, path, value] of steps) {
    if (sign !== '+' || typeof value !== 'object') continue;
    const same = paths.get(value);
    if (same) same.push(path);
    else paths.set(value, [path]);
  }
  return steps.flatMap((step): Written[] => {
    const same = step[0] === '+' ? paths.get(step[2]) : undefined;
    if (same === undefined || same.length === 1) return [step];
    return same.at(-1) === step[1] ? [['+', same, step[2]]] : [];
  });
}

/** The record that an object carries. One that cannot be read counts as none, and is written anew. */
export function readRecord(annotations: Readonly<Record<string, string>>): PlacementRecord | undefined {
  const text = annotations[recordAnnotation];
  if (typeof text !== 'string') return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return isRecord(value) ? { ...value, steps: value.steps.flatMap(expand) } : undefined;
  } catch {
    return undefined;
  }
}

function expand(written: Written): Step[] {
  const [, path, value] = written;
  return typeof path === 'string' ? [written as Step] : path.map((one): Step => ['+', one, value]);
}

type WrittenRecord = Omit<PlacementRecord, 'steps'> & { readonly steps: readonly Written[] };

function isRecord(value: unknown): value is WrittenRecord & JsonObject {
  return (
    isObject(value) &&
    value['v'] === 1 &&
    typeof value['policy'] === 'string' &&
    Array.isArray(value['providers']) &&
    value['providers'].every((name) => typeof name === 'string') &&
    Array.isArray(value['steps']) &&
    value['steps'].every(isStep) &&
    (value['jobSteps'] === undefined || isSteps(value['jobSteps']))
  );
}

const isSteps = (value: Json): boolean => Array.isArray(value) && value.every(isStep);

function isStep(value: Json): boolean {
  if (!Array.isArray(value)) return false;
  const [sign, path] = value as readonly Json[];
  if (sign !== '+' && sign !== '-' && sign !== '=') return false;
  const paths = sign === '+' && Array.isArray(path) ? (path as readonly Json[]) : [path];
  return (
    value.length === (sign === '=' ? 4 : 3) &&
    paths.every((one) => typeof one === 'string' && one.startsWith('/'))
  );
}
