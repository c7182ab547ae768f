import type { JsonObject } from '../../objects/json.js';
import { conditionsFrom, findCondition, hasCondition, timeText, type Verdict } from '../condition.js';

export const logsCondition = 'LogsReady';

/** Our part of a policy's status: one condition, or none where the policy needs no log CR; undefined: it is so already. */
export function statusOf(
  before: JsonObject,
  generation: number,
  verdict: Verdict | undefined,
  now: number,
): JsonObject | undefined {
  if (verdict === undefined) return findCondition(before, logsCondition) === undefined ? undefined : {};
  const condition = conditionsFrom(before, generation, timeText(now))(logsCondition, verdict);
  return hasCondition(before, condition) ? undefined : { conditions: [condition] };
}
