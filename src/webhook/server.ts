import { createServer, type Server, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { messageOf } from '../errors.js';
import type { Logger } from '../telemetry/logger.js';
import type { AdmissionMetrics } from '../telemetry/metrics.js';
import { createRouter, refusals, type Handler } from './route.js';
import { carriesSubject } from './subject.js';

export interface WebhookServerOptions {
  /** By path. */
  readonly routes: Readonly<Record<string, Handler>>;
  readonly tls: TlsMaterial;
  /** Default `TLSv1.3`: the API server's Go has spoken it since 2019. */
  readonly minVersion?: TlsVersion | undefined;
  /** With a client CA: the CN or SAN that a client certificate must carry. Default: any that the CA signed. */
  readonly clientSubject?: string | undefined;
  /** Largest body, in bytes. Default `maxBodyBytes`. */
  readonly maxBytes?: number | undefined;
  /** Default `timeouts`. */
  readonly timeouts?: Partial<typeof timeouts> | undefined;
  readonly log: Logger;
  readonly metrics: AdmissionMetrics;
}

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** PEM texts. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** Who signs the certificate that a client must show. Absent: none is asked for. */
  readonly clientCa?: string | undefined;
}

/**
 * An UPDATE carries two objects and the API server takes requests of up to 3 MiB, so a review can pass 6 MiB;
 * controller-runtime derives the same limit (pkg/webhook/admission/http.go).
 */
export const maxBodyBytes = 7 * 1024 * 1024;

/**
 * In milliseconds. The API server keeps an idle connection for 90 s (k8s.io/apiserver/pkg/util/webhook), and a server
 * that closes first meets a request on its way and fails it. Nobody waits more than 30 s for a webhook (the highest
 * `timeoutSeconds`), so a request gets no longer to arrive. The timeouts of a request do not run while its connection
 * is idle.
 */
export const timeouts = {
  keepAliveTimeout: 120_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  handshakeTimeout: 10_000,
  /** How often the timeouts of requests are looked at. */
  connectionsCheckingInterval: 5_000,
};

export interface WebhookServer {
  readonly server: Server;
  /** New connections get this certificate; those that stand keep theirs. @throws when the pair does not fit. */
  readonly renew: (tls: TlsMaterial) => void;
  /** From now on every answer ends its connection. */
  readonly endConnections: () => void;
}

/** The TLS port, on bare `node:https`: a framework would cost half as much again as the whole answer. */
export function createWebhookServer(options: WebhookServerOptions): WebhookServer {
  const strangers = new WeakSet<object>();
  let closing = false;
  const server = createServer(
    { ...timeouts, ...options.timeouts, ...secureOptions(options, options.tls) },
    createRouter({
      routes: options.routes,
      maxBytes: options.maxBytes ?? maxBodyBytes,
      isWelcome: (request) => !strangers.has(request.socket),
      isClosing: () => closing,
      ...observers(options),
    }),
  );
  watchConnections(server, options, strangers);
  return {
    server,
    renew: (tls) => {
      server.setSecureContext(secureOptions(options, tls));
    },
    endConnections: () => {
      closing = true;
    },
  };
}

function secureOptions({ minVersion = 'TLSv1.3' }: WebhookServerOptions, tls: TlsMaterial): ServerOptions {
  const pair = { cert: tls.cert, key: tls.key, minVersion };
  if (tls.clientCa === undefined) return pair;
  return { ...pair, ca: tls.clientCa, requestCert: true, rejectUnauthorized: true };
}

function observers({ log, metrics }: WebhookServerOptions) {
  return {
    onRefused: (reason: keyof typeof refusals) => {
      metrics.refusals.inc({ reason });
      log.debug({ reason, status: refusals[reason] }, 'request refused');
    },
    onFault: (error: unknown) => {
      metrics.faults.inc();
      log.error({ error: messageOf(error) }, 'request failed');
    },
  };
}

function watchConnections(
  server: Server,
  { clientSubject, log, metrics }: WebhookServerOptions,
  strangers: WeakSet<object>,
): void {
  server.on('tlsClientError', (error) => {
    metrics.handshakeFailures.inc();
    log.debug({ error: error.message }, 'TLS handshake failed');
  });
  if (clientSubject === undefined) return;
  server.on('secureConnection', (socket: TLSSocket) => {
    if (!carriesSubject(socket.getPeerCertificate(), clientSubject)) strangers.add(socket);
  });
}
