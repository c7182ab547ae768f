import { deepEqual, isObject, type Json, type JsonObject } from '../objects/json.js';

/** What a controller says of a policy. */
export interface Verdict {
  readonly is: boolean | 'unknown';
  /** CamelCase, as in the API conventions. */
  readonly reason: string;
  readonly message: string;
}

/** Makes each `metav1.Condition` anew, of a status as it was; its time moves only with its status. */
export function conditionsFrom(before: JsonObject, generation: number, now: string) {
  return (type: string, { is, reason, message }: Verdict): JsonObject => {
    const status = statusTexts[`${is}`];
    const old = findCondition(before, type);
    const since = old?.['status'] === status ? old['lastTransitionTime'] : undefined;
    return {
      type,
      status,
      reason,
      message: cut(message),
      observedGeneration: generation,
      lastTransitionTime: since ?? now,
    };
  };
}

export function findCondition(status: JsonObject, type: string): JsonObject | undefined {
  return conditionsOf(status).find((one): one is JsonObject => isObject(one) && one['type'] === type);
}

export function hasCondition(status: JsonObject, condition: JsonObject): boolean {
  return conditionsOf(status).some((one) => deepEqual(one, condition));
}

/** RFC 3339 in whole seconds, as `metav1.Time` is written. */
export const timeText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const statusTexts = { true: 'True', false: 'False', unknown: 'Unknown' } as const;

const conditionsOf = ({ conditions }: JsonObject): readonly Json[] =>
  Array.isArray(conditions) ? (conditions as readonly Json[]) : [];

/** `metav1.Condition` takes 32,768 bytes. */
const maxMessage = 8_000;
const cut = (text: string): string => (text.length <= maxMessage ? text : `${text.slice(0, maxMessage)}…`);
