import type { Json, JsonObject } from '../../objects/json.js';
import type { Kind } from '../kinds/kind.js';
import { at, textAt } from '../store/object.js';
import { readBody } from './body.js';
import type { Call, User } from './call.js';
import type { Core } from './call.js';

/** Kinds that are questions: answered, never stored. */
export const isVirtual = (kind: Kind): boolean =>
  kind.storage.startsWith('selfsubjectaccessreviews.') || kind.storage.startsWith('selfsubjectreviews.');

interface Asked {
  readonly core: Core;
  readonly authorize: (
    user: User,
    request: {
      readonly verb: string;
      readonly resource: string;
      readonly subresource: string;
      readonly namespace: string;
      readonly name: string;
      readonly user: string;
    },
    kind: Kind,
  ) => string | undefined;
}

/** `kubectl auth can-i` and `kubectl auth whoami`. */
export function createVirtual(deps: Asked, call: Call, body: Json): JsonObject {
  const question = readBody(call, call.kind, body);
  const { username, uid = '', groups } = call.user;
  if (call.kind.kind === 'SelfSubjectReview') {
    return { ...question, status: { userInfo: { username, uid, groups } } };
  }
  const wanted = at(question, 'spec', 'resourceAttributes');
  const group = textAt(wanted, 'group');
  const plural = textAt(wanted, 'resource');
  const resource = group === '' ? plural : `${plural}.${group}`;
  const kind = deps.core.kinds.named(resource);
  const request = {
    verb: textAt(wanted, 'verb'),
    resource,
    subresource: textAt(wanted, 'subresource'),
    namespace: textAt(wanted, 'namespace'),
    name: textAt(wanted, 'name'),
    user: username,
  };
  const reason = kind === undefined ? undefined : deps.authorize(call.user, request, kind);
  return { ...question, status: reason === undefined ? { allowed: true } : { allowed: false, reason } };
}
