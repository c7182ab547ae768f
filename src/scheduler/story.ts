import { isObject } from '../objects/json.js';
import type { Lane } from './decide.js';

/**
 * What the Binding writes on the pod, so that what happened can be told later: by whom, why there, and when by this
 * process's clock. Times are milliseconds since the epoch.
 */
export interface Story {
  readonly lane: Lane;
  /** The preset of a virtual node; absent on an ordinary one. */
  readonly provider?: string;
  /** When its Job was due; absent where no CronJob made it. */
  readonly due?: number;
  /** When its Job was seen; absent where it has none, or was there before this process. */
  readonly job?: number;
  /** When the pod was seen. */
  readonly seen: number;
  /** When the Binding was sent. */
  readonly bound: number;
}

export const writeStory = (story: Story): string => JSON.stringify(story);

/** Undefined: not ours, or somebody wrote into it. */
export function readStory(text: string | undefined): Story | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isStory(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStory(value: unknown): value is Story {
  if (!isObject(value)) return false;
  const { lane, seen, bound } = value;
  return (lane === 'virtual' || lane === 'ordinary') && typeof seen === 'number' && typeof bound === 'number';
}
