import type { Json } from '../../objects/json.js';
import { applyObject } from '../api/apply.js';
import type { Call } from '../api/call.js';
import { createObject } from '../api/create.js';
import { listObjects } from '../api/list.js';
import { patchObject } from '../api/patch.js';
import { patchTypes } from '../api/patch/patch.js';
import type { PatchType } from '../api/patch/patch.js';
import { bindPod, deleteOptionsOf, evictPod } from '../api/pods.js';
import { getObject, selectionOf } from '../api/read.js';
import type { Selection } from '../api/read.js';
import { removeObject } from '../api/remove.js';
import type { DeleteOptions } from '../api/remove.js';
import { getScale, patchScale, updateScale } from '../api/scale.js';
import { methodNotAllowed, StatusError } from '../api/status.js';
import type { Status } from '../api/status.js';
import { updateObject } from '../api/update.js';
import { createVirtual, isVirtual } from '../api/virtual.js';
import { at, textAt } from '../store/object.js';
import type { KubeObject } from '../store/object.js';
import { parseBody, parsePatch, parseYaml } from './exchange.js';
import type { Exchange } from './exchange.js';
import type { Fault, RequestInfo } from './faults.js';
import type { HandlerDeps, ResourceRoute } from './handler.js';
import { negotiate } from './negotiate.js';
import { flagOf, listOptions, numberOf, watchOptions, writeOptions } from './parameters.js';
import { viewList, viewObject } from './view.js';
import type { View } from './view.js';

interface Request {
  readonly deps: HandlerDeps;
  readonly exchange: Exchange;
  readonly route: ResourceRoute;
  readonly call: Call;
  readonly view: View;
}

/** Serves one request for a resource, by its verb. @throws StatusError */
export async function serveResource(
  deps: HandlerDeps,
  exchange: Exchange,
  route: ResourceRoute,
  call: Call,
  what: { readonly info: RequestInfo; readonly faults: readonly Fault[] },
): Promise<void> {
  const view: View = {
    kind: route.kind,
    wanted: negotiate(exchange.request.headers.accept),
    includeObject: exchange.query.get('includeObject') ?? '',
    nowMs: deps.core.clock.now(),
  };
  const request: Request = { deps, exchange, route, call, view };
  checkVerb(route, what.info.verb);
  switch (what.info.verb) {
    case 'watch':
      watch(request, what);
      return;
    case 'get':
      get(request);
      return;
    case 'list':
      exchange.send(
        200,
        viewList(view, listObjects(deps.core, selected(request), listOptions(exchange.query))),
        view.wanted,
      );
      return;
    case 'create':
      await create(request);
      return;
    case 'update':
      await update(request);
      return;
    case 'patch':
      await patch(request);
      return;
    default:
      await remove(request, what.info.verb);
  }
}

/** What the kind or its subresource takes; a collection is no target for a single object's verbs. */
function checkVerb(route: ResourceRoute, verb: string): void {
  const offered: readonly string[] =
    route.subresource === ''
      ? route.kind.verbs
      : (route.kind.subresources.find((one) => one.name === route.subresource)?.verbs ?? []);
  const onCollection = route.name === '' && ['get', 'update', 'patch', 'delete'].includes(verb);
  const onObject = route.name !== '' && verb === 'create' && route.subresource === '';
  if (!offered.includes(verb) || onCollection || onObject) throw methodNotAllowed();
}

function selected({ exchange: { query }, route }: Request): Selection {
  const fields = query.get('fieldSelector') ?? '';
  const own =
    route.name === ''
      ? fields
      : [fields, `metadata.name=${route.name}`].filter((one) => one !== '').join(',');
  return selectionOf(route.kind, route.namespace, query.get('labelSelector') ?? '', own);
}

function watch(
  request: Request,
  what: { readonly info: RequestInfo; readonly faults: readonly Fault[] },
): void {
  const { deps, exchange, view } = request;
  deps.streams.open(deps.core, selected(request), exchange, {
    ...watchOptions(exchange.query),
    timeoutSeconds: numberOf(exchange.query, 'timeoutSeconds'),
    view,
    info: what.info,
    faults: what.faults,
  });
}

function get({ deps, exchange, route, call, view }: Request): void {
  if (route.subresource === 'scale') exchange.send(200, getScale(deps.core, call), view.wanted);
  else {
    const object = getObject(deps.core, call, exchange.query.get('resourceVersion') ?? '');
    exchange.send(200, viewObject(view, object), view.wanted);
  }
}

async function create(request: Request): Promise<void> {
  const { deps, exchange, route } = request;
  const call = written(request, 'CreateOptions');
  const body = parseBody(await exchange.text(), exchange.contentType, bodyKind(route));
  if (route.subresource === 'binding') answer(request, await bindPod(deps.core, call, body), 201);
  else if (route.subresource === 'eviction') answer(request, await evictPod(deps.core, call, body), 201);
  else if (route.kind.storage === 'bindings') answer(request, await bindByName(request, call, body), 201);
  else if (isVirtual(route.kind)) exchange.send(201, createVirtual(deps, call, body), request.view.wanted);
  else answer(request, await createObject(deps.core, call, body), 201);
}

/** The legacy `bindings` resource names the Pod in its metadata. */
function bindByName({ deps }: Request, call: Call, body: Json): Promise<Status> {
  const pods = deps.core.kinds.named('pods') ?? call.kind;
  const name = textAt(body, 'metadata', 'name');
  return bindPod(deps.core, { ...call, kind: pods, subresource: 'binding', name }, body);
}

const bodyKind = (route: ResourceRoute): string =>
  route.kind.subresources.find((one) => one.name === route.subresource)?.kind ?? route.kind.kind;

async function update(request: Request): Promise<void> {
  const { deps, exchange, route, view } = request;
  const call = written(request, 'UpdateOptions');
  const body = parseBody(await exchange.text(), exchange.contentType, bodyKind(route));
  if (route.subresource === 'scale') {
    exchange.send(200, await updateScale(deps.core, call, body), view.wanted, call.warnings);
    return;
  }
  const { object, created } = await updateObject(deps.core, call, body);
  answer(request, object, created ? 201 : 200);
}

async function patch(request: Request): Promise<void> {
  const { deps, exchange, route, view } = request;
  const type = patchTypeOf(exchange.contentType);
  const call = written(request, 'PatchOptions', type);
  const text = await exchange.text();
  if (type === 'apply') {
    const force = flagOf(exchange.query, 'force') ?? false;
    const { object, created } = await applyObject(deps.core, call, parseYaml(text), force);
    answer(request, object, created ? 201 : 200);
  } else if (route.subresource === 'scale') {
    exchange.send(200, await patchScale(deps.core, call, type, parsePatch(text)), view.wanted, call.warnings);
  } else answer(request, (await patchObject(deps.core, call, type, parsePatch(text))).object, 200);
}

function patchTypeOf(contentType: string): PatchType {
  for (const [type, media] of Object.entries(patchTypes)) if (media === contentType) return type as PatchType;
  throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
}

async function remove(request: Request, verb: string): Promise<void> {
  const { deps, exchange, view } = request;
  const text = await exchange.text();
  const body = text === '' ? undefined : parseBody(text, exchange.contentType, 'DeleteOptions');
  const options = deleteOptions(request, body);
  const dryRun = writeOptions(exchange.query, 'DeleteOptions').dryRun || at(body, 'dryRun') !== undefined;
  const call = { ...request.call, dryRun };
  if (verb === 'delete') {
    answer(request, await removeObject(deps.core, call, options), 200);
    return;
  }
  const list = listObjects(deps.core, selected(request), listOptions(exchange.query));
  for (const { metadata } of list.items) {
    await removeObject(
      deps.core,
      { ...call, name: metadata.name, namespace: metadata.namespace ?? '' },
      options,
    );
  }
  exchange.send(200, viewList(view, list), view.wanted, call.warnings);
}

/** The body counts; without one, the parameters. */
function deleteOptions({ exchange: { query } }: Request, body: Json | undefined): DeleteOptions {
  if (body !== undefined) return deleteOptionsOf(body);
  const grace = numberOf(query, 'gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  const orphan = flagOf(query, 'orphanDependents');
  return {
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
    ...(orphan === undefined ? {} : { orphanDependents: orphan }),
  };
}

function written({ exchange, call }: Request, options: string, type?: PatchType): Call {
  const { dryRun, fieldValidation, fieldManager } = writeOptions(exchange.query, options, type);
  return {
    ...call,
    dryRun,
    fieldValidation,
    fieldManager: fieldManager === '' ? call.fieldManager : fieldManager,
  };
}

function answer({ exchange, call, view }: Request, value: KubeObject | Status, code: number): void {
  if (value.kind === 'Status') exchange.send(code, value, { ...view.wanted, as: 'object' }, call.warnings);
  else exchange.send(code, viewObject(view, value as KubeObject), view.wanted, call.warnings);
}
