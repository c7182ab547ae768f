import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import { messageOf } from '../errors.js';
import type { Access, Connection, TlsMaterial } from './connection.js';
import { KubeError } from './errors.js';

/** Carries one request. The narrow place between the client and the wire: a test or the box may bring its own. */
export interface Transport {
  /** Settles when the answer's head is there, whatever its status. @throws KubeError `unreachable` or `aborted`. */
  send(request: WireRequest): Promise<WireAnswer>;
  /** The credential was refused: take a new one for the next request. */
  renew(): void;
  /** Cuts what is under way and closes every connection. */
  close(): Promise<void>;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path without query. */
  readonly path: string;
  /** With its question mark; empty for none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the request, and the reading of its answer. */
  readonly signal: AbortSignal;
}

export interface WireAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The whole body. */
  text(): Promise<string>;
  /** The body as it arrives. Leaving the loop ends the request. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Requests through undici, over connections that are kept. */
export function createTransport(connection: Connection): Transport {
  const { origin, pathname } = new URL(connection.server);
  const prefix = pathname === '/' ? '' : pathname;
  const pools = new Set<Dispatcher>();
  let current: { readonly tls: TlsMaterial; readonly pool: Dispatcher } | undefined;

  function poolFor(tls: TlsMaterial): Dispatcher {
    if (current !== undefined && isSame(current.tls, tls)) return current.pool;
    // Requests under way end on the old connections, a watch within its own time.
    if (current !== undefined) retire(current.pool);
    current = { tls, pool: createPool(tls, connection.proxy) };
    pools.add(current.pool);
    return current.pool;
  }

  function retire(pool: Dispatcher): void {
    const forget = () => {
      pools.delete(pool);
    };
    pool.close().then(forget, forget);
  }

  return {
    async send(request) {
      const access = await accessFor(connection, request);
      try {
        const answer = await poolFor(access.tls).request({
          origin,
          path: prefix + request.path + request.query,
          method: request.method,
          headers: { ...access.headers, ...request.headers },
          body: request.body ?? null,
          signal: request.signal,
          // The deadlines are the client's, by its own clock.
          headersTimeout: 0,
          bodyTimeout: 0,
        });
        return wireAnswer(answer, request);
      } catch (error) {
        throw broken(request, error);
      }
    },
    renew: () => {
      connection.renew();
    },
    close: async () => {
      await Promise.all([...pools].map((pool) => pool.destroy()));
      pools.clear();
      current = undefined;
    },
  };
}

async function accessFor(connection: Connection, request: WireRequest): Promise<Access> {
  try {
    return await connection.access();
  } catch (error) {
    const message = `${request.method} ${request.path}: expected a credential, came none: ${messageOf(error)}`;
    throw new KubeError(message, { kind: 'unauthorized' }, { cause: error });
  }
}

/** A new object with the same texts must not cost every connection: files are read again all the time. */
function isSame(a: TlsMaterial, b: TlsMaterial): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function createPool(tls: TlsMaterial, proxy: string | undefined): Dispatcher {
  const { verify = true, ...material } = tls;
  const secure = { ...material, rejectUnauthorized: verify };
  const options = {
    // A connection a request; lanes bound how many. A watch never delays a write as it may on one HTTP/2 stream.
    allowH2: false,
    // Below the 60 s after which common load balancers drop a quiet connection without a word.
    keepAliveTimeout: 30_000,
    keepAliveMaxTimeout: 30_000,
  };
  // The delay is client-go's: a dead peer of a quiet watch is found by TCP itself.
  const probe = { keepAlive: true, keepAliveInitialDelay: 30_000, timeout: 10_000 };
  return proxy === undefined
    ? new Agent({ ...options, connect: { ...secure, ...probe } })
    : new ProxyAgent({ ...options, uri: proxy, requestTls: { ...secure, ...probe } });
}

function wireAnswer(answer: Dispatcher.ResponseData, request: WireRequest): WireAnswer {
  const retryAfter = answer.headers['retry-after'];
  return {
    status: answer.statusCode,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
    text: async () => {
      try {
        return await answer.body.text();
      } catch (error) {
        throw broken(request, error);
      }
    },
    async *chunks() {
      try {
        for await (const chunk of answer.body) yield chunk as Uint8Array;
      } catch (error) {
        throw broken(request, error);
      }
    },
  };
}

function broken(request: WireRequest, error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  const asked = `${request.method} ${request.path}`;
  if (request.signal.aborted) {
    const message = `${asked}: expected an answer, was ended: ${messageOf(request.signal.reason)}`;
    return new KubeError(message, { kind: 'aborted', effect: 'unknown' }, { cause: error });
  }
  const { code, sent } = faultOf(error);
  return new KubeError(
    `${asked}: expected an answer, came ${code === undefined ? '' : `${code}: `}${messageOf(error)}`,
    { kind: 'unreachable', effect: sent ? 'unknown' : 'nothing' },
    { cause: error },
  );
}

/**
 * The system's code, and whether a byte of the request may have left. What failed while looking up the name or
 * connecting has not, so that a write may be sent again without being done twice.
 */
function faultOf(error: unknown): { readonly code?: string; readonly sent: boolean } {
  if (error instanceof AggregateError) return faultOf(error.errors[0]);
  if (!(error instanceof Error)) return { sent: true };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const syscall = 'syscall' in error ? error.syscall : undefined;
  const sent = syscall !== 'connect' && syscall !== 'getaddrinfo' && code !== 'UND_ERR_CONNECT_TIMEOUT';
  return code === undefined ? { sent } : { code, sent };
}
