import type { Json } from '../objects/json.js';
import type { Clock, Random } from '../telemetry/clock.js';
import { createLane, defaultLanes, lanes, type Lane, type LaneLimits, type LaneName } from './lane.js';
import type { KubeObject } from './object.js';
import { parseObject, parsePage, type Page } from './parse.js';
import { acceptOf, deleteBody, listQuery, patchTypes, writeQuery, type ListQuery } from './query.js';
import { createRequester, type Call, type CallOutcome } from './request.js';
import { pathOf, type Resource, type Target } from './resource.js';
import type { Transport } from './transport.js';
import { parseVersion, type ServerVersion } from './version.js';
import { watchEvents, type WatchEvent } from './watch-events.js';

/** An API server. Every method throws KubeError, and nothing else for what comes from outside. */
export interface Client {
  get(resource: Resource, target: Target, options?: CallOptions): Promise<KubeObject>;
  /** One page; the next by its `continue`. */
  list(resource: Resource, query?: ListQuery, options?: CallOptions): Promise<Page>;
  /** Opens when it is first asked for an event; leaving the loop closes it. One try: the caller resumes. */
  watch(resource: Resource, query: WatchQuery, options?: WatchOptions): AsyncIterable<WatchEvent>;
  /** POST: a new object, or with a name and a subresource a Binding or an Eviction. */
  create(resource: Resource, target: Target, body: Json, options?: WriteOptions): Promise<KubeObject>;
  /** PUT: the whole object; its resourceVersion, where it has one, is a precondition. */
  update(resource: Resource, target: Target, body: Json, options?: WriteOptions): Promise<KubeObject>;
  /**
   * PATCH: a resourceVersion or uid in a merge patch's metadata is a precondition: another version is `conflict`,
   * another uid `invalid`. `apply` needs a fieldManager.
   */
  patch(resource: Resource, target: Target, patch: Patch, options?: WriteOptions): Promise<KubeObject>;
  delete(resource: Resource, target: Target, options?: DeleteOptions): Promise<KubeObject>;
  /** What the API server says it is: it answers that to everybody. */
  version(options?: CallOptions): Promise<ServerVersion>;
}

export interface CallOptions {
  /** Default: `reads`, for a write `writes`. */
  readonly lane?: LaneName;
  /** Milliseconds for one try on the wire. Default 30 s, the longest that an admission webhook may take. */
  readonly timeoutMs?: number;
  /** How often it may be tried again, see `retryWaitMs`. Default 4. */
  readonly retries?: number;
  readonly signal?: AbortSignal;
}

export interface WatchOptions extends CallOptions {
  /** Milliseconds without a byte after which the watch ends with a `timeout`. Default 150 s. */
  readonly idleMs?: number;
  /** Called when the server has accepted the watch. */
  readonly onOpen?: () => void;
}

export interface WatchQuery extends Omit<ListQuery, 'limit' | 'continue'> {
  /** Whole seconds after which the server ends the watch. Default: its own, 30 to 60 minutes. */
  readonly timeoutSeconds?: number;
}

export interface WriteOptions extends CallOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  /** What becomes of unknown and duplicate fields. Default: the server's, `Warn`. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  /** For an apply patch: take fields over from other managers. */
  readonly force?: boolean;
}

export interface DeleteOptions extends CallOptions {
  readonly dryRun?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly gracePeriodSeconds?: number;
}

export interface Patch {
  readonly type: keyof typeof patchTypes;
  readonly body: Json;
}

export interface ClientDeps {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: `defaultLanes`. */
  readonly limits?: Partial<Readonly<Record<LaneName, LaneLimits>>>;
  /** Default `tidegate`. API Priority and Fairness and the audit log show it. */
  readonly userAgent?: string;
  /** Told of every try. */
  readonly observe?: (outcome: CallOutcome) => void;
}

const defaults = { timeoutMs: 30_000, retries: 4 };

/** Two and a half times the minute after which a watch without events gets a bookmark (apiserver, cacher). */
const defaultIdleMs = 150_000;

export function createClient(deps: ClientDeps): Client {
  const limits = { ...defaultLanes, ...deps.limits };
  const userAgent = deps.userAgent ?? 'tidegate';
  const requester = createRequester({
    ...deps,
    lanes: Object.fromEntries(lanes.map((name) => [name, createLane(limits[name], deps.clock)])) as Record<
      LaneName,
      Lane
    >,
  });

  const read = (path: string, query: string, accept: string, options: CallOptions = {}): Call => ({
    ...defaults,
    lane: 'reads',
    ...options,
    method: 'GET',
    path,
    query,
    headers: { accept, 'user-agent': userAgent },
  });

  async function write(
    method: Exclude<Call['method'], 'GET'>,
    path: string,
    body: Json,
    options: WriteOptions = {},
    contentType = 'application/json',
  ): Promise<KubeObject> {
    const call: Call = {
      ...defaults,
      lane: 'writes',
      ...options,
      method,
      path,
      query: writeQuery(options),
      headers: { accept: 'application/json', 'content-type': contentType, 'user-agent': userAgent },
      body: JSON.stringify(body),
    };
    return parseObject(call, await requester.text(call));
  }

  return {
    async get(resource, target, options) {
      const call = read(pathOf(resource, target), '', acceptOf('object'), options);
      return parseObject(call, await requester.text(call));
    },
    async list(resource, query = {}, options) {
      const path = pathOf(resource, targetOf(query));
      const call = read(path, listQuery(query), acceptOf('list', query.metadataOnly), options);
      return parsePage(call, await requester.text(call));
    },
    watch(resource, query, options = {}) {
      const text = listQuery({ ...query, watch: true, allowWatchBookmarks: true });
      const path = pathOf(resource, targetOf(query));
      const call = read(path, text, acceptOf('object', query.metadataOnly), options);
      const { idleMs = defaultIdleMs, onOpen } = options;
      return watchEvents(requester.stream(call, { idleMs, onOpen }), call);
    },
    create: (resource, target, body, options) => write('POST', pathOf(resource, target), body, options),
    update: (resource, target, body, options) => write('PUT', pathOf(resource, target), body, options),
    patch: (resource, target, patch, options) =>
      write('PATCH', pathOf(resource, target), patch.body, options, patchTypes[patch.type]),
    delete: (resource, target, options = {}) =>
      write('DELETE', pathOf(resource, target), deleteBody(options), options),
    async version(options) {
      const call = read('/version', '', acceptOf('object'), options);
      return parseVersion(call, await requester.text(call));
    },
  };
}

const targetOf = ({ namespace }: { readonly namespace?: string }): Target =>
  namespace === undefined ? {} : { namespace };
