import { logLevels, type LogLevel } from '../telemetry/logger.js';
import type { TlsVersion } from '../webhook/server.js';
import { AppError } from '../errors.js';
import { integer, noPositionals, oneOf, parseFlags, policySource, required } from './flags.js';

export const usage = `Usage: tidegate webhook --policies DIR|--policies-from-cluster --tls-cert FILE --tls-key FILE [FLAGS]

Answers the API server on a TLS port: POST /mutate rewrites pod templates, POST /mutate/binding marks pods as they
are bound. GET /healthz, /readyz and /metrics are on a plain port of their own.

  --policies DIR          policies, a folder or a file; may be repeated
  --policies-from-cluster VirtualNodePolicy objects
  --tls-cert FILE         certificate to serve with, PEM; read again when it changes
  --tls-key FILE          its key
  --tls-wait              wait for both files where they are not there yet, rather than end
  --webhook-configuration NAME  not ready until the API server's configuration of this name trusts them
  --tls-min-version V     1.3 or 1.2 (default 1.3)
  --client-ca FILE        ask for a client certificate that this authority signed
  --client-subject NAME   and that carries this CN or SAN
  --kubeconfig FILE       watch the Nodes, Namespaces and pending pods of this cluster (default: the one it runs in)
  --no-cluster            watch none, even inside one
  --host ADDRESS          where to listen (default all addresses)
  --port N                TLS port (default 8443; 0 takes a free one)
  --ops-port N            plain port (default 9090; 0 takes a free one)
  --role NAME             its role, to be named where it lacks a verb
  --observe               change nothing, say what would change: every policy in mode Observe
  --lame-duck SECONDS     how long to serve on after SIGTERM, 0 to 600 (default 15)
  --reload SECONDS        how often files are looked at, 1 to 3600 (default 5)
  --log-level LEVEL       trace, debug, info, warn, error or silent (default info)`;

export interface WebhookFlags {
  /** Undefined: from the cluster. */
  readonly policies: readonly string[] | undefined;
  readonly certificates: {
    readonly cert: string;
    readonly key: string;
    readonly clientCa: string | undefined;
  };
  readonly waitForCertificates: boolean;
  /** Undefined: nobody asks whether it is trusted. */
  readonly configuration: string | undefined;
  readonly minVersion: TlsVersion;
  readonly clientSubject: string | undefined;
  readonly kubeconfig: string | undefined;
  /** Whether a cluster may be watched. */
  readonly cluster: boolean;
  readonly host: string | undefined;
  readonly role: string | undefined;
  readonly port: number;
  readonly opsPort: number;
  readonly observe: boolean;
  readonly lameDuckMs: number;
  readonly reloadMs: number;
  readonly logLevel: LogLevel;
}

/** @throws AppError `usage`, naming the flag. */
export function readFlags(args: readonly string[]): WebhookFlags {
  const { values, positionals } = parseFlags(args, {
    policies: { type: 'string', multiple: true },
    'policies-from-cluster': { type: 'boolean', default: false },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    'tls-wait': { type: 'boolean', default: false },
    'webhook-configuration': { type: 'string' },
    'tls-min-version': { type: 'string', default: '1.3' },
    'client-ca': { type: 'string' },
    'client-subject': { type: 'string' },
    kubeconfig: { type: 'string' },
    cluster: { type: 'boolean', default: true },
    host: { type: 'string' },
    role: { type: 'string' },
    port: { type: 'string', default: '8443' },
    'ops-port': { type: 'string', default: '9090' },
    observe: { type: 'boolean', default: false },
    'lame-duck': { type: 'string', default: '15' },
    reload: { type: 'string', default: '5' },
    'log-level': { type: 'string', default: 'info' },
  });
  noPositionals(positionals);
  if (values['client-subject'] !== undefined && values['client-ca'] === undefined) {
    throw new AppError(
      'usage',
      '--client-subject needs --client-ca: without one no client shows a certificate',
    );
  }
  return {
    policies: policySource(values),
    certificates: {
      cert: required('tls-cert', values['tls-cert']),
      key: required('tls-key', values['tls-key']),
      clientCa: values['client-ca'],
    },
    waitForCertificates: values['tls-wait'],
    configuration: values['webhook-configuration'],
    minVersion: `TLSv${oneOf('tls-min-version', values['tls-min-version'], ['1.2', '1.3'])}`,
    clientSubject: values['client-subject'],
    kubeconfig: values.kubeconfig,
    cluster: values.cluster,
    host: values.host,
    role: values.role,
    port: integer('port', values.port, 0, 65_535),
    opsPort: integer('ops-port', values['ops-port'], 0, 65_535),
    observe: values.observe,
    lameDuckMs: 1000 * integer('lame-duck', values['lame-duck'], 0, 600),
    reloadMs: 1000 * integer('reload', values.reload, 1, 3600),
    logLevel: oneOf('log-level', values['log-level'], logLevels),
  };
}
