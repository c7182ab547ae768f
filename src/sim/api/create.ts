import type { Json } from '../../objects/json.js';
import { prepareCreate } from '../admission/prepare.js';
import { recordUpdate } from './managed.js';
import { textAt } from '../store/object.js';
import type { Draft, KubeObject } from '../store/object.js';
import { applyDefaults, readBody } from './body.js';
import type { Call, Core, Review } from './call.js';
import { fillSystemFields, setNamespace, wipeSystemFields } from './meta.js';
import { checkSize } from './size.js';
import { alreadyExists, plainError } from './status.js';

/** POST of a new object. @throws StatusError */
export async function createObject(core: Core, call: Call, body: Json): Promise<KubeObject> {
  const object = readBody(call, call.kind, body);
  applyDefaults(call, call.kind, object);
  wipeSystemFields(object);
  setNamespace(call, object);
  recordUpdate(core, call, undefined, object);
  return admitNew(core, call, object);
}

/** From the decoded object on: also for a PUT or an apply that creates. */
export async function admitNew(core: Core, call: Call, object: Draft): Promise<KubeObject> {
  const name = call.name === '' ? textAt(object, 'metadata', 'name') : call.name;
  const review: Review = { call, operation: 'CREATE', type: call.kind, name, object, oldObject: undefined };
  await core.admission.mutate(core, review);
  const admitted = review.object ?? object;
  fillSystemFields(core, call, admitted);
  call.warnings.push(...prepareCreate(call.kind, admitted, core.around()));
  await core.admission.validate(core, review);
  if (textAt(admitted, 'metadata', 'resourceVersion') !== '') {
    throw plainError('resourceVersion should not be set on objects to be created');
  }
  return storeNew(core, call, admitted);
}

function storeNew(core: Core, call: Call, object: Draft): KubeObject {
  checkSize(object);
  const made = call.kind.toStorage(object as unknown as KubeObject);
  const { name } = made.metadata;
  if (call.dryRun) {
    if (core.store.get(call.kind.storage, call.namespace, name) !== undefined)
      throw alreadyExists(call.kind, name);
    return object as unknown as KubeObject;
  }
  const stored = core.store.create(call.kind.storage, made as unknown as Draft);
  if (stored === undefined) throw alreadyExists(call.kind, name);
  return call.kind.fromStorage(stored);
}
