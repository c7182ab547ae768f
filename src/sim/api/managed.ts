import { decode } from '../admission/decode.js';
import type { JsonObject } from '../../objects/json.js';
import { childOf, objectsAt, textAt, timestamp } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import type { Call, Core } from './call.js';
import { compare } from './fields/walk.js';
import type { Comparison } from './fields/walk.js';
import {
  decodeSet,
  difference,
  emptySet,
  encodeSet,
  intersection,
  isEmptySet,
  recursiveDifference,
  SetBuilder,
  setsEqual,
  union,
} from './fields/set.js';
import type { FieldSet } from './fields/set.js';

/** One entry of `managedFields`. */
export interface Manager {
  readonly name: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

/** Notes in `metadata.managedFields` what an update sets. Objects that nobody tracked so far stay untracked. */
export function recordUpdate(core: Core, call: Call, live: KubeObject | undefined, object: Draft): void {
  const metadata = childOf(object, 'metadata');
  const before = call.subresource === '' ? requestedManagers(live, object) : managersOf(live);
  delete metadata['managedFields'];
  if (call.fieldManager === undefined || (live !== undefined && before.length === 0)) {
    if (before.length > 0) metadata['managedFields'] = encode(before);
    return;
  }
  const own = ownerOf(call, call.fieldManager, 'Update');
  const changes = changesOf(call, live ?? blank(call), object);
  const others = yielded(before, own, changes);
  const previous = before.find((one) => isSame(one, own));
  const kept = difference(previous?.fields ?? emptySet, changes.removed);
  const fields = ownable(call, union(union(kept, changes.modified), changes.added));
  setManagers(object, [...others, renewed(core, { ...own, fields }, previous)]);
}

/**
 * A write may put the managers right itself; one empty entry forgets them all, none at all changes nothing
 * (k8s.io/apimachinery/pkg/util/managedfields/internal/fieldmanager.go, `decodeLiveOrNew`).
 */
function requestedManagers(live: KubeObject | undefined, object: Draft): readonly Manager[] {
  const entries = objectsAt(object, 'metadata', 'managedFields');
  const [only] = entries;
  if (entries.length === 1 && Object.keys(only ?? {}).length === 0) return [];
  return entries.length === 0 ? managersOf(live) : managersOf(object);
}

/** `metadata`, `spec` and the like are there from the start: nobody adds them. */
function blank(call: Call): JsonObject {
  return { ...decode(call.kind.schema, {}).object, metadata: {} };
}

/** What a write changes, leaving out what nobody owns. */
export function changesOf(call: Call, before: JsonObject, after: JsonObject): Comparison {
  const { added, modified, removed } = compare(call.kind.schema, before, after);
  const owned = (set: FieldSet): FieldSet => recursiveDifference(difference(set, parents), systemFields);
  return { added: owned(added), modified: owned(modified), removed: owned(removed) };
}

const setOf = (...paths: readonly string[]): FieldSet => {
  const found = new SetBuilder();
  for (const path of paths) found.add(path.split('.').map((step) => `f:${step}`));
  return found.build();
};

/** k8s.io/apimachinery/pkg/util/managedfields/internal/stripmeta.go */
const systemFields = setOf(
  'apiVersion',
  'kind',
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((field) => `metadata.${field}`),
);
const parents = setOf('metadata');

/** What a write through this endpoint can own: not what only the system sets, nor what the endpoint leaves alone. */
export const ownable = (call: Call, fields: FieldSet): FieldSet =>
  recursiveDifference(recursiveDifference(fields, systemFields), resetFields(call));

function resetFields(call: Call): FieldSet {
  if (call.subresource !== 'status') return setOf('status');
  if (call.kind.custom === undefined) return setOf('spec');
  return setOf('spec', 'metadata');
}

export const ownerOf = (
  call: Call,
  name: string,
  operation: Manager['operation'],
): Omit<Manager, 'fields' | 'time'> => ({
  name,
  operation,
  apiVersion: call.kind.apiVersion,
  subresource: call.subresource,
});

type Identity = Pick<Manager, 'name' | 'operation' | 'apiVersion' | 'subresource'>;

export const isSame = (a: Identity, b: Identity): boolean =>
  a.name === b.name &&
  a.operation === b.operation &&
  a.apiVersion === b.apiVersion &&
  a.subresource === b.subresource;

/** Everybody else gives up what was changed or removed. */
export function yielded(
  managers: readonly Manager[],
  own: Identity,
  changes: Comparison,
): readonly Manager[] {
  const taken = union(changes.modified, changes.added);
  return managers
    .filter((one) => !isSame(one, own))
    .map((one) => ({ ...one, fields: difference(difference(one.fields, taken), changes.removed) }));
}

/** What others own of what a write takes. */
export function conflictsWith(
  managers: readonly Manager[],
  own: Identity,
  changes: Comparison,
): readonly { readonly manager: Manager; readonly fields: FieldSet }[] {
  const taken = union(changes.modified, changes.added);
  return managers
    .filter((one) => !isSame(one, own))
    .map((manager) => ({ manager, fields: intersection(manager.fields, taken) }))
    .filter(({ fields }) => !isEmptySet(fields));
}

/** The time moves only with the fields. */
export function renewed(core: Core, manager: Omit<Manager, 'time'>, previous: Manager | undefined): Manager {
  const same = previous !== undefined && setsEqual(previous.fields, manager.fields);
  return { ...manager, time: same ? previous.time : timestamp(core.clock.now()) };
}

export function managersOf(object: JsonObject | undefined): readonly Manager[] {
  return objectsAt(object, 'metadata', 'managedFields').map((entry) => ({
    name: textAt(entry, 'manager'),
    operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
    apiVersion: textAt(entry, 'apiVersion'),
    subresource: textAt(entry, 'subresource'),
    time: textAt(entry, 'time'),
    fields: decodeSet((entry['fieldsV1'] ?? {}) as JsonObject),
  }));
}

export function setManagers(object: Draft, managers: readonly Manager[]): void {
  const kept = managers.filter(({ fields }) => !isEmptySet(fields));
  const metadata = childOf(object, 'metadata');
  if (kept.length === 0) delete metadata['managedFields'];
  else metadata['managedFields'] = encode(kept);
}

function encode(managers: readonly Manager[]): Draft[] {
  return [...managers].sort(inOrder).map((manager) => ({
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    time: manager.time,
    fieldsType: 'FieldsV1',
    fieldsV1: encodeSet(manager.fields) as Draft,
    ...(manager.subresource === '' ? {} : { subresource: manager.subresource }),
  }));
}

/** k8s.io/apimachinery/pkg/util/managedfields/internal/managedfields.go */
function inOrder(a: Manager, b: Manager): number {
  const keys = ['operation', 'time', 'name', 'apiVersion', 'subresource'] as const;
  for (const key of keys) if (a[key] !== b[key]) return a[key] < b[key] ? -1 : 1;
  return 0;
}
