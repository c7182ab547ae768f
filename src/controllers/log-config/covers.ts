import { isObject, type Json, type JsonObject } from '../../objects/json.js';
import type { LogObject } from './observe.js';

/** Whether the object holds all that we would apply; others may have added to it. */
export function covers({ labels, owners, spec }: LogObject, { metadata, spec: wanted }: JsonObject): boolean {
  const { labels: ours, ownerReferences } = isObject(metadata) ? metadata : {};
  const [owner] = Array.isArray(ownerReferences) ? (ownerReferences as readonly Json[]) : [];
  return holds(labels, ours) && owners.some((one) => holds(one, owner)) && holds(spec, wanted);
}

function holds(there: Json | undefined, wanted: Json | undefined): boolean {
  if (Array.isArray(wanted)) {
    const items = Array.isArray(there) ? (there as readonly Json[]) : [];
    return items.length === wanted.length && wanted.every((one: Json, i) => holds(items[i], one));
  }
  if (!isObject(wanted)) return there === wanted;
  return isObject(there) && Object.entries(wanted).every(([key, value]) => holds(there[key], value));
}
