import type { KubeConfig } from '@kubernetes/client-node';
import { AppError, messageOf } from '../errors.js';
import type { Clock } from '../telemetry/clock.js';
import type { Access, Connection, TlsMaterial } from './connection.js';

export interface KubeconfigOptions {
  /** Path of the file. */
  readonly path: string;
  /** Default: the file's current context. */
  readonly context?: string;
  readonly clock: Clock;
  /** Milliseconds that a credential is trusted before it is asked for again. Default 60 s. */
  readonly freshMs?: number;
}

/**
 * A kubeconfig, with all that may stand in one: client certificates, tokens, token files, exec plug-ins and
 * authentication providers. @kubernetes/client-node does that part, and is loaded only here: it costs 60 MB.
 *
 * @throws AppError `kubeconfig-invalid`
 */
export async function fromKubeconfig(options: KubeconfigOptions): Promise<Connection> {
  const { clock, freshMs = 60_000 } = options;
  let config = await load(options);
  const { server, proxyUrl, namespace } = describe(config, options.path);
  let access: Access | undefined;
  let madeAt = 0;
  let making: Promise<Access> | undefined;
  let refused = false;

  async function make(): Promise<Access> {
    try {
      // A plug-in's answer without an expiry is kept for ever within one KubeConfig: a refused one needs a new.
      if (refused) config = await load(options);
      refused = false;
      access = await accessOf(config, options.path);
      madeAt = clock.monotonic();
      return access;
    } finally {
      making = undefined;
    }
  }

  return {
    server,
    namespace,
    ...(proxyUrl === undefined ? {} : { proxy: proxyUrl }),
    access() {
      if (access !== undefined && !refused && clock.monotonic() - madeAt < freshMs)
        return Promise.resolve(access);
      return (making ??= make());
    },
    renew() {
      refused = true;
    },
  };
}

async function load(options: KubeconfigOptions): Promise<KubeConfig> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    config.loadFromFile(options.path);
  } catch (error) {
    throw invalid(options.path, messageOf(error), error);
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  // client-node refuses plain http unless verification is off, though there is nothing to verify.
  config.clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
  return config;
}

function describe(config: KubeConfig, path: string) {
  const name = config.getCurrentContext();
  const context = config.getContextObject(name);
  if (context === null) throw invalid(path, `expected a context, came ${name === '' ? 'none' : `"${name}"`}`);
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw invalid(path, `context "${name}": cluster "${context.cluster}" is not in the file`);
  if (config.getCurrentUser() === null) {
    throw invalid(path, `context "${name}": user "${context.user}" is not in the file`);
  }
  return {
    server: cluster.server.replace(/\/+$/, ''),
    proxyUrl: cluster.proxyUrl,
    namespace: context.namespace ?? 'default',
  };
}

/** What client-node fills in; its own type names node:https options and an agent, which we do not use. */
interface FilledOptions {
  headers?: Readonly<Record<string, unknown>>;
  ca?: unknown;
  cert?: unknown;
  key?: unknown;
  passphrase?: unknown;
  servername?: unknown;
  rejectUnauthorized?: boolean;
  auth?: string;
}

async function accessOf(config: KubeConfig, path: string): Promise<Access> {
  const filled: FilledOptions = {};
  try {
    await config.applyToHTTPSOptions(filled as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
  } catch (error) {
    throw invalid(path, `the user's credential could not be had: ${messageOf(error)}`, error);
  }
  const headers = Object.entries(filled.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), String(value)] as const,
  );
  return {
    headers: { ...basic(filled.auth), ...Object.fromEntries(headers) },
    tls: tlsOf(filled),
  };
}

function basic(auth: string | undefined): Readonly<Record<string, string>> {
  return auth === undefined ? {} : { authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
}

function tlsOf(filled: FilledOptions): TlsMaterial {
  const texts = (['ca', 'cert', 'key', 'passphrase', 'servername'] as const).flatMap((name) => {
    const value = filled[name];
    return typeof value === 'string' || Buffer.isBuffer(value) ? [[name, value.toString()] as const] : [];
  });
  return { ...Object.fromEntries(texts), ...(filled.rejectUnauthorized === false ? { verify: false } : {}) };
}

function invalid(path: string, text: string, cause?: unknown): AppError {
  return new AppError('kubeconfig-invalid', `${path}: ${text}`, { cause });
}
