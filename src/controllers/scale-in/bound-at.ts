import type { KubeObject } from '../../kube/object.js';
import { isObject, type Json } from '../../objects/json.js';

/**
 * When a pod was bound, in milliseconds since the epoch, by whole seconds: its condition PodScheduled, which the write
 * that binds it sets; the time of its making where it was made with a node.
 */
export function boundAt({ metadata, status }: KubeObject): number {
  const conditions = isObject(status) ? status['conditions'] : undefined;
  const scheduled = (Array.isArray(conditions) ? conditions : []).find(
    (one: Json) => isObject(one) && one['type'] === 'PodScheduled' && one['status'] === 'True',
  ) as Json | undefined;
  const time = isObject(scheduled) ? scheduled['lastTransitionTime'] : undefined;
  return Date.parse(typeof time === 'string' ? time : (metadata.creationTimestamp ?? ''));
}
