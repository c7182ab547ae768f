import type { Random } from '../../telemetry/clock.js';
import { childOf, textAt, timestamp } from '../store/object.js';
import type { Draft } from '../store/object.js';
import type { Call, Core } from './call.js';
import { badRequest } from './status.js';

/** What a client may not set on a new object. */
export function wipeSystemFields(object: Draft): void {
  const metadata = childOf(object, 'metadata');
  for (const field of [
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'selfLink',
  ]) {
    Reflect.deleteProperty(metadata, field);
  }
}

/** The object's namespace is the request's. @throws StatusError 400 where it names another */
export function setNamespace(call: Call, object: Draft): void {
  const metadata = childOf(object, 'metadata');
  if (!call.kind.namespaced) {
    delete metadata['namespace'];
    return;
  }
  metadata['namespace'] ??= call.namespace;
  if (metadata['namespace'] !== call.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}

/** @throws StatusError 400 where the object has another name than the URL */
export function checkName(call: Call, object: Draft): void {
  const name = textAt(object, 'metadata', 'name');
  if (name === '') {
    throw badRequest(
      `the name of the object (${call.name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (name !== call.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${call.name})`);
  }
}

/** uid, creationTimestamp, and a name where only its beginning is given. */
export function fillSystemFields(core: Core, call: Call, object: Draft): void {
  const metadata = childOf(object, 'metadata');
  metadata['uid'] = uuid(core.random);
  metadata['creationTimestamp'] = timestamp(core.clock.now());
  const prefix = textAt(metadata, 'generateName');
  if (prefix === '' || textAt(metadata, 'name') !== '') return;
  for (let attempt = 0; attempt < 8; attempt++) {
    const name = `${prefix.slice(0, 58)}${suffix(core.random)}`;
    metadata['name'] = name;
    if (core.store.get(call.kind.storage, call.namespace, name) === undefined) return;
  }
}

/** Letters and digits that make no words: k8s.io/apimachinery/pkg/util/rand */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

const suffix = (random: Random): string =>
  Array.from({ length: 5 }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('');

/** A version 4 UUID from the given randomness. */
export function uuid(random: Random): string {
  const hex = (digits: number): string =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}
