import { Faults } from '../api/status.js';
import type { JsonObject } from '../../objects/json.js';
import { deepEqual } from '../../objects/json.js';
import { hasSubresource } from '../kinds/kind.js';
import type { Kind } from '../kinds/kind.js';
import { childOf, copy, setOrDelete, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { decode } from './decode.js';
import { validateMeta, validateMetaUpdate } from './metadata.js';
import { strategyOf } from './strategies.js';
import type { Strategy, Surroundings } from './strategy.js';

/** What happens to every new object between admission and the store. @throws StatusError 422 */
export function prepareCreate(kind: Kind, object: Draft, around: Surroundings): readonly string[] {
  const strategy = strategyOf(kind);
  if (hasSubresource(kind, 'status') && strategy.keepsStatus !== true)
    setOrDelete(object, 'status', emptyStatus(kind));
  if (kind.counts) childOf(object, 'metadata')['generation'] = 1;
  strategy.prepareCreate?.(object, around);
  const faults = new Faults();
  validateMeta(object, kind, strategy, faults);
  strategy.validate?.(object, faults);
  faults.check(kind.group, kind.kind, textAt(object, 'metadata', 'name'));
  return strategy.warnings?.(object, undefined) ?? [];
}

/** The same for a changed object. @throws StatusError 422 */
export function prepareUpdate(
  kind: Kind,
  subresource: string,
  object: Draft,
  old: KubeObject,
): readonly string[] {
  const strategy = strategyOf(kind);
  setOrDelete(childOf(object, 'metadata'), 'generation', old.metadata.generation);
  if (subresource === 'status') fixAllButStatus(object, old, strategy.statusFixes);
  else fixStatus(kind, strategy, subresource, object, old);
  keepSystemFields(childOf(object, 'metadata'), old);
  const faults = new Faults();
  validateMeta(object, kind, strategy, faults);
  validateMetaUpdate(object, old, faults);
  if (subresource === 'status') strategy.validateStatus?.(object, old, faults);
  else if (strategy.validateUpdate !== undefined) strategy.validateUpdate(object, old, faults);
  else strategy.validate?.(object, faults);
  faults.check(kind.group, kind.kind, old.metadata.name);
  return strategy.warnings?.(object, old) ?? [];
}

function fixStatus(
  kind: Kind,
  strategy: Strategy,
  subresource: string,
  object: Draft,
  old: KubeObject,
): void {
  if (hasSubresource(kind, 'status')) setOrDelete(object, 'status', old.status);
  if (subresource !== 'finalize') strategy.prepareUpdate?.(object, old);
  if (!kind.counts || !specChanged(object, old)) return;
  childOf(object, 'metadata')['generation'] = (old.metadata.generation ?? 0) + 1;
}

function fixAllButStatus(object: Draft, old: KubeObject, fixes: 'labels' | 'metadata' | undefined): void {
  for (const key of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (key !== 'status' && key !== 'metadata') setOrDelete(object, key, old[key]);
  }
  const metadata = childOf(object, 'metadata');
  if (fixes === 'labels') setOrDelete(metadata, 'labels', old.metadata.labels);
  if (fixes === 'metadata') {
    const { managedFields, resourceVersion } = metadata;
    object['metadata'] = { ...(copy(old.metadata) as Draft), managedFields, resourceVersion };
  }
}

/** Anything but metadata and status. */
function specChanged(object: Draft, old: KubeObject): boolean {
  const keys = new Set([...Object.keys(object), ...Object.keys(old)]);
  for (const key of keys) {
    if (key === 'metadata' || key === 'status' || key === 'apiVersion' || key === 'kind') continue;
    if (!deepEqual(object[key], old[key])) return true;
  }
  return false;
}

/** What no client sets: an update neither changes nor removes it. */
function keepSystemFields(metadata: Draft, old: KubeObject): void {
  const { uid, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  metadata['uid'] ??= uid;
  metadata['creationTimestamp'] = creationTimestamp;
  setOrDelete(metadata, 'deletionTimestamp', deletionTimestamp);
  setOrDelete(metadata, 'deletionGracePeriodSeconds', deletionGracePeriodSeconds);
}

const statuses = new WeakMap<Kind, JsonObject>();

function emptyStatus(kind: Kind): Draft | undefined {
  const known = statuses.get(kind) ?? decode(kind.schema, {}).object;
  statuses.set(kind, known);
  return known['status'] as Draft | undefined;
}
