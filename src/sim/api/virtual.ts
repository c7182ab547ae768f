import type { Json, JsonObject } from '../../objects/json.js';
import type { Kind } from '../kinds/kind.js';
import { at, isDraft, textAt, type Draft } from '../store/object.js';
import { readBody } from './body.js';
import type { Call, Core, User } from './call.js';
import { Faults } from './status.js';

/** Kinds that are questions: answered, never stored. */
export const isVirtual = (kind: Kind): boolean => questions.has(kind.kind);

const questions: ReadonlySet<string> = new Set([
  'SelfSubjectReview',
  'SelfSubjectAccessReview',
  'SubjectAccessReview',
]);

/** What a request asks for, as an authorizer looks at it. */
interface Access {
  readonly verb: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly user: string;
}

interface Asked {
  readonly core: Core;
  readonly authorize: (
    user: User,
    request: Access,
    kind: Pick<Kind, 'group' | 'plural'>,
  ) => string | undefined;
}

/**
 * `kubectl auth can-i` and `kubectl auth whoami`. Whether there is such a kind is not asked: a rule that names it counts.
 * @throws StatusError 422, as pkg/apis/authorization/validation words it
 */
export function createVirtual(deps: Asked, call: Call, body: Json): JsonObject {
  const question = readBody(call, call.kind, body);
  const { username, uid = '', groups } = call.user;
  if (call.kind.kind === 'SelfSubjectReview') {
    return { ...question, status: { userInfo: { username, uid, groups } } };
  }
  checkAccessReview(question, call.kind);
  const user = call.kind.kind === 'SubjectAccessReview' ? userIn(question) : call.user;
  const wanted = at(question, 'spec', 'resourceAttributes');
  const group = textAt(wanted, 'group');
  const plural = textAt(wanted, 'resource');
  const request = {
    verb: textAt(wanted, 'verb'),
    resource: group === '' ? plural : `${plural}.${group}`,
    subresource: textAt(wanted, 'subresource'),
    namespace: textAt(wanted, 'namespace'),
    name: textAt(wanted, 'name'),
    user: user.username,
  };
  const refusal = deps.authorize(user, request, { group, plural });
  return { ...question, status: statusOf(refusal) };
}

function statusOf(refusal: string | undefined): JsonObject {
  if (refusal === undefined) return { allowed: true };
  return refusal === '' ? { allowed: false } : { allowed: false, reason: refusal };
}

function userIn(question: Draft): User {
  const groups = at(question, 'spec', 'groups');
  const texts = Array.isArray(groups) ? groups.filter((one) => typeof one === 'string') : [];
  return { username: textAt(question, 'spec', 'user'), groups: texts };
}

function checkAccessReview(question: Draft, { group, kind }: Kind): void {
  const faults = new Faults();
  const ofResource = at(question, 'spec', 'resourceAttributes');
  const ofPath = at(question, 'spec', 'nonResourceAttributes');
  if (ofResource !== undefined && isDraft(ofPath)) {
    const shown = { Path: textAt(ofPath, 'path'), Verb: textAt(ofPath, 'verb') };
    const detail = 'cannot be specified in combination with resourceAttributes';
    faults.invalid('spec.nonResourceAttributes', shown, detail);
  }
  if (ofResource === undefined && ofPath === undefined) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    faults.invalid('spec.resourceAttributes', null, detail);
  }
  const { username, groups } = userIn(question);
  if (kind === 'SubjectAccessReview' && username === '' && groups.length === 0)
    faults.invalid('spec.user', '', 'at least one of user or group must be specified');
  const metadata = at(question, 'metadata') ?? {};
  if (Object.keys(metadata).length > 0) faults.invalid('metadata', metadata, 'must be empty');
  // The kind is empty: the internal type that is checked has none any more.
  faults.check(group, '', '');
}
