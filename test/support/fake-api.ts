import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A server that answers as a test says, down to the byte. It knows nothing of Kubernetes but a Status's shape. */
export interface FakeApi {
  readonly url: string;
  readonly port: number;
  /** Every request that has arrived, in order. */
  readonly calls: readonly FakeCall[];
  /** How requests are answered from now on. At the start each gets 404. */
  handle(handler: Handler): void;
  /** Closes all connections too. */
  close(): Promise<void>;
}

export type Handler = (call: FakeCall) => void | Promise<void>;

export interface FakeCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly isWatch: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The client has gone, or the answer has ended. */
  readonly closed: boolean;
  /** Where the client's certificate names one, its common name. */
  readonly clientName: string | undefined;
  /** Tells one connection from another. */
  readonly clientPort: number | undefined;
  json(value: unknown, status?: number, headers?: Record<string, string>): void;
  status(code: number, reason: string, more?: StatusFacts): void;
  /** Begins a 200 without a length. */
  stream(): FakeStream;
  /** Breaks the connection without an answer. */
  cut(): void;
}

export interface StatusFacts {
  readonly message?: string;
  readonly causes?: readonly string[];
  readonly headers?: Record<string, string>;
}

export interface FakeStream {
  /** Settles when the bytes have left. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Ends the body as a server does whose watch time is up. */
  end(): void;
  /** Breaks the connection in the middle of the body. */
  cut(): void;
}

/** Listens on a free port, or on the given one where a test restarts a server. */
export async function fakeApi(tls?: ServerOptions, listenOn = 0): Promise<FakeApi> {
  const calls: FakeCall[] = [];
  let handler: Handler = (call) => {
    call.status(404, 'NotFound');
  };

  const listener: Parameters<typeof createServer>[1] = (request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const socket = request.socket as { getPeerCertificate?: () => { subject?: { CN?: string } } };
      const call = callOf(response, {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        isWatch: url.searchParams.get('watch') === 'true',
        headers: request.headers,
        clientPort: request.socket.remotePort,
        clientName: socket.getPeerCertificate?.().subject?.CN,
        body: await text(request),
      });
      calls.push(call);
      await handler(call);
    })();
  };

  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    calls,
    handle: (next) => {
      handler = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Facts = Pick<
  FakeCall,
  'method' | 'path' | 'query' | 'isWatch' | 'headers' | 'body' | 'clientName' | 'clientPort'
>;

function callOf(response: ServerResponse, facts: Facts): FakeCall {
  const json: FakeCall['json'] = (value, status = 200, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
  return {
    ...facts,
    get closed() {
      return response.closed;
    },
    json,
    status: (code, reason, { message, causes, headers } = {}) => {
      json(statusOf(code, reason, message, causes), code, headers);
    },
    stream: () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      return {
        write: (bytes) =>
          new Promise((resolve) => {
            response.write(bytes, () => {
              resolve();
            });
          }),
        end: () => {
          response.end();
        },
        cut: () => {
          response.destroy();
        },
      };
    },
    cut: () => {
      response.destroy();
    },
  };
}

/** A Status as the API server writes it. */
export function statusOf(code: number, reason: string, message = reason, causes: readonly string[] = []) {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    ...(causes.length === 0 ? {} : { details: { causes: causes.map((cause) => ({ reason: cause })) } }),
  };
}
