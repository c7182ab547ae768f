import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Clock, Random } from '../telemetry/clock.js';
import { createAdmission } from './admission/chain.js';
import type { User } from './api/call.js';
import { createDoor } from './api/door.js';
import type { Door } from './api/door.js';
import { DefinitionKeeper } from './upkeep/definitions.js';
import { GarbageCollector } from './upkeep/garbage.js';
import { NamespaceKeeper } from './upkeep/namespaces.js';
import { createAuthority } from './wire/certificate.js';
import type { Authority, KeyPair } from './wire/certificate.js';
import type { Authorize } from './wire/auth.js';
import { FaultPlan } from './wire/faults.js';
import { createHandler } from './wire/handler.js';
import type { SeenRequest } from './wire/handler.js';
import { kubeconfig } from './wire/kubeconfig.js';
import { Streams } from './wire/streams.js';
import { createCore } from './core.js';
import { startLive, type LiveDeps, type LiveNode } from './live.js';

export interface BoxOptions {
  readonly clock: Clock;
  /** uids, tokens, generated names. */
  readonly random: Random;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** resourceVersion of the moment before the first write. Default 1. */
  readonly revision?: number;
  /** How long changes can be watched and lists continued. Default 300 000 ms. */
  readonly historyMs?: number;
  /** Users by bearer token, besides the administrator that the box makes. */
  readonly users?: Readonly<Record<string, User>>;
  /** Why a user may not do what it asks, or undefined. Default: everybody may do everything. */
  readonly authorize?: Authorize;
  /** Told of every request for a resource that was answered. */
  readonly onRequest?: (request: SeenRequest) => void;
}

/** A running API server of the cluster in a box. */
export interface Box {
  /** `https://127.0.0.1:port` */
  readonly url: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly caBundle: string;
  /** The administrator's bearer token. */
  readonly token: string;
  /** For the administrator: by token, or by client certificate. */
  kubeconfig(by?: 'token' | 'certificate'): string;
  /** A client certificate of the box's authority. */
  clientCertificate(user: string, groups: readonly string[]): KeyPair;
  /** A server certificate of the box's authority: for webhooks that should be trusted by `caBundle`. */
  serverCertificate(names: readonly string[]): KeyPair;
  /** Gives it nodes with kubelets, the built-in controllers and the scheduler: `startLive`. */
  live(nodes: readonly LiveNode[], options: Pick<LiveDeps, 'jobMs'>): void;
  /** The same API without HTTP. */
  readonly door: Door;
  /** What goes wrong on purpose, with requests over HTTP. */
  readonly faults: FaultPlan;
  /** The open watches over HTTP. */
  readonly streams: Streams;
  /** Forgets how things got here: older revisions answer 410. Default: all but the current one. */
  compact(revision?: number): void;
  /** Goes back to an earlier revision, as an etcd restored from a backup: watches end, the counter jumps back. */
  rewind(revision: number): void;
  close(): Promise<void>;
}

/** Starts the API server. */
export async function startBox(options: BoxOptions): Promise<Box> {
  const admission = createAdmission();
  const core = createCore(options, admission);
  const garbage = new GarbageCollector(core);
  const upkeep = [garbage, new NamespaceKeeper(core), new DefinitionKeeper(core)];
  const authority = createAuthority(options.clock.now());
  const token = tokenOf(options.random);
  const administrator: User = { username: 'admin', groups: ['system:masters'] };
  const tokens = new Map<string, User>([[token, administrator], ...Object.entries(options.users ?? {})]);
  const faults = new FaultPlan();
  const streams = new Streams(options.clock);
  const server = createServer(
    {
      ...serverKeys(authority, options.host),
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    createHandler({
      core,
      tokens,
      authorize: options.authorize ?? (() => undefined),
      faults,
      streams,
      random: options.random,
      seen: options.onRequest ?? (() => undefined),
    }),
  );
  server.keepAliveTimeout = 120_000;
  const sockets = trackSockets(server);
  const url = await listen(server, options);
  return {
    url,
    caBundle: authority.certificate,
    token,
    kubeconfig: (by = 'token') =>
      kubeconfig(
        url,
        authority.certificate,
        by === 'token' ? { token } : { certificate: authority.client('admin', ['system:masters']) },
      ),
    clientCertificate: (user, groups) => authority.client(user, groups),
    serverCertificate: (names) => authority.server(names),
    live: (nodes, { jobMs }) => {
      startLive({ core, nodes, jobMs });
    },
    door: createDoor(core),
    faults,
    streams,
    compact: (revision) => {
      core.store.compact(revision);
    },
    rewind: (revision) => {
      streams.end('cut');
      core.store.rewind(revision);
      garbage.reset();
    },
    close: () => {
      for (const one of upkeep) one.stop();
      return close(server, sockets, streams, admission);
    },
  };
}

function serverKeys(
  authority: Authority,
  host = '127.0.0.1',
): { readonly cert: string; readonly key: string } {
  const { certificate, key } = authority.server([...new Set(['localhost', '127.0.0.1', host])]);
  return { cert: certificate, key };
}

function tokenOf(random: Random): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 36).toString(36)).join('');
}

function listen(server: Server, options: BoxOptions): Promise<string> {
  const host = options.host ?? '127.0.0.1';
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, () => {
      resolve(`https://${host}:${(server.address() as AddressInfo).port}`);
    });
  });
}

/**
 * Every connection, from its first byte on. `closeAllConnections` knows only those whose TLS is agreed: one that is
 * being made would be kept, and the server with it.
 */
function trackSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function close(
  server: Server,
  sockets: ReadonlySet<Socket>,
  streams: Streams,
  admission: { close(): void },
): Promise<void> {
  streams.end('cut');
  admission.close();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    for (const socket of sockets) socket.destroy();
  });
}
