import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { User } from '../api/call.js';
import { StatusError } from '../api/status.js';
import { hasSubresource } from '../kinds/kind.js';
import type { Kind } from '../kinds/kind.js';
import type { RequestInfo } from './faults.js';

/** Bearer tokens and whom they stand for. */
export type Tokens = ReadonlyMap<string, User>;

/** The user of a request, by bearer token or by client certificate. @throws StatusError 401 */
export function authenticate(request: IncomingMessage, tokens: Tokens): User {
  const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  const known = token === undefined ? fromCertificate(request.socket) : tokens.get(token);
  if (known === undefined) throw new StatusError(401, 'Unauthorized', 'Unauthorized');
  refuseImpersonation(request);
  return { ...known, groups: [...new Set([...known.groups, 'system:authenticated'])] };
}

function fromCertificate(socket: Socket): User | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const subject = socket.getPeerCertificate().subject as {
    readonly CN?: string;
    readonly O?: string | string[];
  };
  if (subject.CN === undefined) return undefined;
  const groups = subject.O === undefined ? [] : [subject.O].flat();
  return { username: subject.CN, groups };
}

function refuseImpersonation(request: IncomingMessage): void {
  const header = Object.keys(request.headers).find((name) => name.startsWith('impersonate-'));
  if (header !== undefined) {
    throw new StatusError(
      501,
      'NotImplemented',
      `the cluster in a box does not support impersonation (header ${header})`,
    );
  }
}

/** A reason why the user may not do it, or undefined where it may. Default of the box: everybody may do everything. */
export type Authorize = (
  user: User,
  request: RequestInfo,
  kind: Pick<Kind, 'group' | 'plural'>,
) => string | undefined;

/** @throws StatusError 403 in the API server's words */
export function checkAllowed(authorize: Authorize, user: User, request: RequestInfo, kind: Kind): void {
  const reason = authorize(user, request, kind);
  if (reason === undefined) return;
  const { verb, subresource, namespace, name } = request;
  const resource =
    subresource !== '' && hasSubresource(kind, subresource) ? `${kind.plural}/${subresource}` : kind.plural;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = name === '' ? kind.resource : `${kind.resource} "${name}"`;
  throw new StatusError(
    403,
    'Forbidden',
    `${what} is forbidden: User "${user.username}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}${reason === '' ? '' : `: ${reason}`}`,
    {
      ...(name === '' ? {} : { name }),
      ...(kind.group === '' ? {} : { group: kind.group }),
      kind: kind.plural,
    },
  );
}
