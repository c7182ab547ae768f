import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '../../telemetry/clock.js';
import { requestTimeoutMs } from '../api/call.js';
import type { Call, Core, User } from '../api/call.js';
import { internalError, methodNotAllowed, resourceNotFound, StatusError } from '../api/status.js';
import { authenticate, checkAllowed } from './auth.js';
import type { Authorize, Tokens } from './auth.js';
import { Exchange } from './exchange.js';
import type { Fault, FaultPlan, RequestInfo } from './faults.js';
import { servePath } from './paths.js';
import { serveResource } from './resources.js';
import { routeOf } from './route.js';
import type { Route } from './route.js';
import type { Streams } from './streams.js';

export interface HandlerDeps {
  readonly core: Core;
  readonly tokens: Tokens;
  readonly authorize: Authorize;
  readonly faults: FaultPlan;
  readonly streams: Streams;
  readonly random: Random;
  /** Told of every request that ended with an answer: for tests and for audit. */
  readonly seen: (request: SeenRequest) => void;
}

export interface SeenRequest extends RequestInfo {
  readonly method: string;
  readonly path: string;
  readonly code: number;
  /** Audit annotations. */
  readonly audit: Readonly<Record<string, string>>;
}

export type ResourceRoute = Extract<Route, { type: 'resource' }>;

/** What serves one request: authenticate, find out what is meant, break what is planned, authorize, answer. */
export function createHandler(
  deps: HandlerDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const exchange = new Exchange(request, response);
    serve(deps, exchange).catch((error: unknown) => {
      answerError(exchange, error);
    });
  };
}

async function serve(deps: HandlerDeps, exchange: Exchange): Promise<void> {
  if (isOpen(exchange.path)) {
    servePath(deps.core, exchange);
    return;
  }
  const user = authenticate(exchange.request, deps.tokens);
  const route = routeOf(deps.core.kinds, exchange.path);
  if (route.type === 'path') {
    servePath(deps.core, exchange);
    return;
  }
  if (route.type === 'none') {
    if (route.served) throw resourceNotFound();
    exchange.sendText(404, '404 page not found\n');
    return;
  }
  const info = infoOf(exchange, route, user);
  const faults = deps.faults.take(info);
  if (!(await meet(deps, exchange, faults))) return;
  checkAllowed(deps.authorize, user, info, route.kind);
  if (mayCreate(deps.core, exchange, route, info.verb))
    checkAllowed(deps.authorize, user, { ...info, verb: 'create' }, route.kind);
  const call = callOf(deps.core, route, user, exchange);
  exchange.response.on('finish', () => {
    const { statusCode } = exchange.response;
    deps.seen({
      ...info,
      method: exchange.request.method ?? '',
      path: exchange.path,
      code: statusCode,
      audit: call.audit,
    });
  });
  await serveResource(deps, exchange, route, call, { info, faults });
}

/** A PUT or an apply patch that creates needs the verb `create` too: apiserver/pkg/endpoints/handlers/patch.go. */
function mayCreate(
  { store }: Core,
  exchange: Exchange,
  { kind, subresource, namespace, name }: ResourceRoute,
  verb: string,
) {
  const applies = exchange.request.headers['content-type']?.startsWith('application/apply-patch') === true;
  const creates = (verb === 'patch' && applies) || (verb === 'update' && kind.createsOnPut);
  return creates && subresource === '' && store.get(kind.storage, namespace, name) === undefined;
}

/** Probes and the version answer everybody. */
const isOpen = (path: string): boolean => ['/healthz', '/livez', '/readyz', '/version'].includes(path);

/** @returns whether the request is to be answered after all */
async function meet(deps: HandlerDeps, exchange: Exchange, faults: readonly Fault[]): Promise<boolean> {
  for (const fault of faults) {
    switch (fault.type) {
      case 'delay':
        await deps.core.clock.sleep(fault.ms);
        break;
      case 'silence':
        return false;
      case 'reset':
        exchange.request.socket.destroy();
        return false;
      case 'cut':
        exchange.cutAfter(fault.afterBytes);
        break;
      case 'status':
        throw refusal(fault);
      case 'expire':
        break;
    }
  }
  return true;
}

function refusal(fault: Extract<Fault, { type: 'status' }>): StatusError {
  const { code, retryAfterSeconds } = fault;
  const usual = usualRefusals[code] ?? { reason: '', message: 'a fault was asked for' };
  return new StatusError(
    code,
    fault.reason ?? usual.reason,
    fault.message ?? usual.message,
    retryAfterSeconds === undefined ? undefined : { retryAfterSeconds },
  );
}

const usualRefusals: Readonly<Record<number, { readonly reason: string; readonly message: string }>> = {
  410: { reason: 'Expired', message: 'The resourceVersion for the provided watch is too old.' },
  429: { reason: 'TooManyRequests', message: 'Too many requests, please try again later.' },
  500: { reason: 'InternalError', message: 'Internal error occurred: etcdserver: leader changed' },
  503: { reason: 'ServiceUnavailable', message: 'apiserver not ready' },
  504: { reason: 'Timeout', message: 'Timeout: request did not complete within the allotted timeout' },
};

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

function infoOf(exchange: Exchange, route: ResourceRoute, user: User): RequestInfo {
  const verb = verbs[exchange.request.method ?? ''];
  if (verb === undefined) throw methodNotAllowed();
  return {
    verb: verbOf(verb, exchange, route),
    resource: route.kind.resource,
    subresource: route.subresource,
    namespace: route.namespace,
    name: route.name || selectedName(exchange),
    user: user.username,
  };
}

/** A list or watch of one name asks for that name (apiserver/pkg/endpoints/request/requestinfo.go). */
function selectedName({ query }: Exchange): string {
  const [, name = ''] = /(?:^|,)metadata\.name==?([^,!=]+)/.exec(query.get('fieldSelector') ?? '') ?? [];
  return name;
}

function verbOf(verb: string, exchange: Exchange, route: ResourceRoute): string {
  const watch = exchange.query.get('watch');
  if (verb === 'get' && (route.watch || watch === 'true' || watch === '1')) return 'watch';
  if (route.name !== '') return verb;
  if (verb === 'get') return 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
}

/** The parts of a call that every verb shares; a verb fills in what its parameters say. */
function callOf(core: Core, route: ResourceRoute, user: User, exchange: Exchange): Call {
  const agent = (exchange.request.headers['user-agent'] ?? '').split('/')[0] ?? '';
  return {
    kind: route.kind,
    subresource: route.subresource,
    namespace: route.kind.namespaced ? route.namespace : '',
    name: route.name,
    user,
    dryRun: false,
    fieldValidation: 'Warn',
    fieldManager: agent === '' ? 'unknown' : agent,
    warnings: [],
    audit: {},
    deadline: core.clock.monotonic() + requestTimeoutMs,
  };
}

function answerError(exchange: Exchange, error: unknown): void {
  if (exchange.response.headersSent) {
    exchange.response.destroy();
    return;
  }
  const status =
    error instanceof StatusError
      ? error.status
      : internalError(error instanceof Error ? error.message : String(error)).status;
  exchange.sendStatus(status);
}
