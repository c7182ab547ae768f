import type { Json, JsonObject } from '../../objects/json.js';
import { isObject } from '../../objects/json.js';
import { DecodeError } from '../admission/decode-scalar.js';
import { decode } from '../admission/decode.js';
import { at, childOf, copy, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { applyDefaults, typed } from './body.js';
import type { Call, Core } from './call.js';
import { fieldsOf } from './fields/walk.js';
import { mergeApplied, withoutFields } from './fields/merge.js';
import { difference, emptySet, pathsOf, printPath } from './fields/set.js';
import type { FieldSet } from './fields/set.js';
import {
  changesOf,
  conflictsWith,
  isSame,
  managersOf,
  ownerOf,
  renewed,
  ownable,
  setManagers,
  yielded,
} from './managed.js';
import type { Manager } from './managed.js';
import { checkName, setNamespace } from './meta.js';
import { badRequest, plainError, StatusError } from './status.js';
import { change } from './update.js';
import type { Written } from './update.js';

/**
 * Server-side apply: the object gets what the configuration names, loses what this manager named before and nobody
 * else does, and refuses what others own unless forced. Creates what is not there.
 * @throws StatusError 409 with one cause a conflict
 */
export function applyObject(core: Core, call: Call, body: Json, force: boolean): Promise<Written> {
  const applied = readApplied(call, body);
  const uid = textAt(applied, 'metadata', 'uid');
  return change(core, call, {
    createsIfMissing: call.subresource === '',
    records: false,
    produce: (current) => {
      if (current === undefined && uid !== '') {
        throw new StatusError(
          409,
          'Conflict',
          `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
        );
      }
      return merged(core, call, current, applied, force);
    },
  });
}

/** An apply patch names its type, and no managedFields; what the type does not know is refused. */
function readApplied(call: Call, body: Json): JsonObject {
  const apiVersion = textAt(body, 'apiVersion');
  const kind = textAt(body, 'kind');
  if (!isObject(body) || apiVersion !== call.kind.apiVersion || kind !== call.kind.kind) {
    throw badRequest(`invalid object type: ${apiVersion}, Kind=${kind}`);
  }
  if (at(body, 'metadata', 'managedFields') !== undefined)
    throw badRequest('metadata.managedFields must be nil');
  const { name } = call;
  const namespace = textAt(body, 'metadata', 'namespace');
  const what = `failed to create typed patch object (${namespace}/${name}; ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind})`;
  const { unknown, object } = decodeApplied(call, body, what);
  const [first] = unknown;
  if (first !== undefined) {
    const path = /"(.*)"/.exec(first)?.[1] ?? '';
    throw plainError(`${what}: .${path}: field not declared in schema`);
  }
  checkName(call, object);
  setNamespace(call, object);
  return typed(call.kind, object);
}

function decodeApplied(call: Call, body: JsonObject, what: string): ReturnType<typeof decode> {
  try {
    return decode(call.kind.schema, body, { verbatim: true });
  } catch (error) {
    if (error instanceof DecodeError) throw plainError(`${what}: ${error.message}`);
    throw error;
  }
}

function merged(
  core: Core,
  call: Call,
  current: KubeObject | undefined,
  applied: JsonObject,
  force: boolean,
): Draft {
  const { schema } = call.kind;
  const own = ownerOf(call, call.fieldManager ?? '', 'Apply');
  const live: JsonObject = current ?? { metadata: {} };
  const managers = tracked(core, call, current);
  const previous = managers.find((one) => isSame(one, own));
  const fields = ownable(call, fieldsOf(call.kind.schema, applied));
  const others = managers.filter((one) => !isSame(one, own));
  const laid = mergeApplied(schema, live, applied) as JsonObject;
  const dropped = droppedFields(previous, [...others.map((one) => one.fields), fields]);
  const next = (withoutFields(schema, laid, dropped) ?? {}) as JsonObject;
  const changes = changesOf(call, live, next);
  if (!force) refuseConflicts(conflictsWith(managers, own, changes));
  const object = typed(call.kind, copy(next) as Draft);
  setManagers(object, [...yielded(managers, own, changes), renewed(core, { ...own, fields }, previous)]);
  if (current !== undefined) restoreSystemFields(object, current);
  applyDefaults(call, call.kind, object);
  return object;
}

/** What was there before the first apply belongs to whoever wrote it, under one name. */
function tracked(core: Core, call: Call, current: KubeObject | undefined): readonly Manager[] {
  const managers = managersOf(current);
  if (current === undefined || managers.length > 0) return managers;
  const { added } = changesOf(call, { metadata: {} }, current);
  const own = ownerOf({ ...call, subresource: '' }, 'before-first-apply', 'Update');
  return [renewed(core, { ...own, fields: ownable(call, added) }, undefined)];
}

/** What this manager named before, and now neither it nor anybody else does. */
function droppedFields(previous: Manager | undefined, owned: readonly FieldSet[]): FieldSet {
  if (previous === undefined) return emptySet;
  return owned.reduce(difference, previous.fields);
}

function refuseConflicts(conflicts: ReturnType<typeof conflictsWith>): void {
  const found = conflicts.flatMap(({ manager, fields }) =>
    pathsOf(fields).map((path) => ({ who: describe(manager), field: printPath(path) })),
  );
  const [first] = found;
  if (first === undefined) return;
  const byManager = new Map<string, string[]>();
  for (const { who, field } of found) byManager.set(who, [...(byManager.get(who) ?? []), field]);
  const lines = [...byManager]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([who, fields]) => [`conflicts with ${who}:`, ...fields.map((field) => `- ${field}`)]);
  const message =
    found.length === 1
      ? `Apply failed with 1 conflict: conflict with ${first.who}: ${first.field}`
      : `Apply failed with ${found.length} conflicts: ${lines.join('\n')}`;
  const causes = found.map(({ who, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${who}`,
    field,
  }));
  throw new StatusError(409, 'Conflict', message, { causes });
}

function describe({ name, operation, subresource, apiVersion }: Manager): string {
  const who = `${JSON.stringify(name)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  if (operation === 'Apply') return who;
  return `${who} using ${apiVersion}`;
}

/** An applied object carries no resourceVersion unless the client wants it checked. */
function restoreSystemFields(object: Draft, current: KubeObject): void {
  const metadata = childOf(object, 'metadata');
  metadata['uid'] ??= current.metadata.uid;
  metadata['creationTimestamp'] = current.metadata.creationTimestamp;
}
