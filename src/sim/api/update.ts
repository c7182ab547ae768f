import type { Json } from '../../objects/json.js';
import { deepEqual } from '../../objects/json.js';
import { prepareUpdate } from '../admission/prepare.js';
import { at, childOf, isList, textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { applyDefaults, readBody } from './body.js';
import type { Call, Core, Review } from './call.js';
import { admitNew } from './create.js';
import { recordUpdate } from './managed.js';
import { checkName, setNamespace, wipeSystemFields } from './meta.js';
import { checkSize } from './size.js';
import { conflict, Faults, modified, notFound } from './status.js';

export interface Written {
  readonly object: KubeObject;
  readonly created: boolean;
}

/** PUT of a whole object, or of one of its subresources `status` and `finalize`. @throws StatusError */
export async function updateObject(core: Core, call: Call, body: Json): Promise<Written> {
  const given = readBody(call, call.kind, body);
  applyDefaults(call, call.kind, given);
  setNamespace(call, given);
  checkName(call, given);
  const uid = textAt(given, 'metadata', 'uid');
  return change(core, call, {
    createsIfMissing: call.kind.createsOnPut && call.subresource === '',
    records: true,
    produce: (current) => {
      if (current !== undefined && uid !== '' && uid !== current.metadata.uid)
        throw otherUid(call, current, uid);
      return structuredClone(given);
    },
  });
}

export interface Change {
  readonly createsIfMissing: boolean;
  /** The new object, decoded and with defaults, from the current one as the request's version shows it. */
  readonly produce: (current: KubeObject | undefined) => Draft | Promise<Draft>;
  /** The write is recorded in managedFields as an update; an apply records itself. */
  readonly records: boolean;
  /** Admission is asked about this object; default true. `scale` asks about the Scale instead. */
  readonly admits?: boolean;
}

/**
 * Reads, changes, admits, validates and stores; starts again where somebody else wrote meanwhile and the new object
 * does not name a resourceVersion.
 */
export async function change(core: Core, call: Call, asked: Change): Promise<Written> {
  for (;;) {
    const stored = core.store.get(call.kind.storage, call.namespace, call.name);
    if (stored === undefined) return createInstead(core, call, asked);
    const object = await attempt(core, call, asked, stored);
    if (object !== undefined) return { object, created: false };
  }
}

async function createInstead(core: Core, call: Call, asked: Change): Promise<Written> {
  if (!asked.createsIfMissing) throw notFound(call.kind, call.name);
  const object = await asked.produce(undefined);
  wipeSystemFields(object);
  setNamespace(call, object);
  delete childOf(object, 'metadata')['resourceVersion'];
  if (asked.records) recordUpdate(core, call, undefined, object);
  return { object: await admitNew(core, call, object), created: true };
}

/** @returns undefined where the object changed meanwhile */
async function attempt(
  core: Core,
  call: Call,
  asked: Change,
  stored: KubeObject,
): Promise<KubeObject | undefined> {
  const current = call.kind.fromStorage(stored);
  const object = await asked.produce(current);
  if (asked.records) recordUpdate(core, call, current, object);
  const review: Review = {
    call,
    operation: 'UPDATE',
    type: call.kind,
    name: call.name,
    object,
    oldObject: current,
  };
  if (asked.admits !== false) await core.admission.mutate(core, review);
  const admitted = review.object ?? object;
  checkRevision(call, admitted, current);
  call.warnings.push(...prepareUpdate(call.kind, call.subresource, admitted, current));
  if (asked.admits !== false) await core.admission.validate(core, review);
  checkSize(admitted);
  return commit(core, call, stored, admitted);
}

function checkRevision(call: Call, object: Draft, current: KubeObject): void {
  const metadata = childOf(object, 'metadata');
  const revision = textAt(metadata, 'resourceVersion');
  if (revision === '' && call.kind.needsRevision) {
    const faults = new Faults();
    faults.invalid('metadata.resourceVersion', 0, 'must be specified for an update');
    faults.check(call.kind.group, call.kind.plural, call.name);
  }
  if (revision !== '' && revision !== current.metadata.resourceVersion) throw modified(call.kind, call.name);
  metadata['resourceVersion'] = current.metadata.resourceVersion;
}

function commit(core: Core, call: Call, stored: KubeObject, object: Draft): KubeObject | undefined {
  const next = call.kind.toStorage(object as unknown as KubeObject);
  if (deepEqual(next, stored)) return call.kind.fromStorage(stored);
  if (call.dryRun) return object as unknown as KubeObject;
  if (isFinished(call, next)) {
    const answer = { ...next };
    return core.store.remove(call.kind.storage, stored, next) === undefined
      ? undefined
      : call.kind.fromStorage(answer);
  }
  const written = core.store.replace(call.kind.storage, stored, next as unknown as Draft);
  return written === undefined ? undefined : call.kind.fromStorage(written);
}

/** An object on its way out goes with the last finalizer. */
function isFinished(call: Call, object: KubeObject): boolean {
  const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata;
  if (deletionTimestamp === undefined || (finalizers ?? []).length > 0) return false;
  if (call.kind.storage !== 'namespaces') return (deletionGracePeriodSeconds ?? 0) === 0;
  const left = at(object, 'spec', 'finalizers');
  return !isList(left) || left.length === 0;
}

const otherUid = (call: Call, current: KubeObject, uid: string): Error =>
  conflict(call.kind, call.name, preconditionFault(current, 'UID', uid, current.metadata.uid));

/** The storage layer's words for a precondition that does not hold. */
export function preconditionFault(object: KubeObject, what: string, asked: string, is: string): string {
  const { namespace, name } = object.metadata;
  const key = `/registry/${object.kind.toLowerCase()}s/${namespace === undefined ? '' : `${namespace}/`}${name}`;
  return `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${is}`;
}
