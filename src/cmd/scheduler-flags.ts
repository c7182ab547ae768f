import { ownScheduler } from '../objects/well-known.js';
import type { PoolLabel } from '../scheduler/node.js';
import { AppError } from '../errors.js';
import { logLevels, type LogLevel } from '../telemetry/logger.js';
import { integer, noPositionals, oneOf, parseFlags, policySource } from './flags.js';

export const usage = `Usage: tidegate scheduler [--policies DIR|--policies-from-cluster] [FLAGS]
       tidegate scheduler status [--url URL] [-o table|json]
       tidegate scheduler trace -n NAMESPACE pod/NAME|job/NAME|cronjob/NAME [FLAGS]

Binds the pods that name it in spec.schedulerName, many at once: to virtual nodes, and where none takes them to ordinary
nodes that carry the fall-back label. Without policies it uses every virtual node that a preset knows, and marks nobody.
Several replicas may run: one leads, the others stand by. GET /healthz, /readyz and /metrics are on a plain port.

  --name NAME             spec.schedulerName of its pods (default ${ownScheduler})
  --policies DIR          policies, for the marks; a folder or a file; may be repeated
  --policies-from-cluster VirtualNodePolicy objects
  --kubeconfig FILE       the cluster (default: the one it runs in)
  --namespace NAME        of the Lease (default that of the kubeconfig or the pod)
  --leader-election BOOL  true or false (default true: a Lease named like the scheduler)
  --fallback-label LABEL  key or key=value of ordinary nodes to fall back to (default tidegate.io/fallback=enabled)
  --fallback-headroom N   percent of each of them that is left free, 0 to 90 (default 10)
  --no-progress N         seconds without a word of a kubelet after which a pod is stuck, 10 to 3600 (default 60)
  --concurrency N         Bindings under way at once, 1 to 256 (default 64)
  --bind-qps N            Bindings a second, 1 to 10000 (default 5000)
  --observe               mark nobody: every policy in mode Observe; pods are bound all the same
  --role NAME             its role, to be named where it lacks a verb
  --host ADDRESS          where to listen (default all addresses)
  --ops-port N            plain port (default 9090; 0 takes a free one)
  --reload SECONDS        how often policy files are looked at, 1 to 3600 (default 5)
  --log-level LEVEL       trace, debug, info, warn, error or silent (default info)`;

export interface SchedulerFlags {
  readonly name: string;
  /** Undefined: none. */
  readonly policies: { readonly paths: readonly string[] | undefined } | undefined;
  readonly kubeconfig: string | undefined;
  readonly namespace: string | undefined;
  readonly leaderElection: boolean;
  readonly pool: PoolLabel;
  readonly headroom: number;
  readonly noProgressMs: number;
  readonly concurrency: number;
  readonly bindsPerSecond: number;
  readonly host: string | undefined;
  readonly role: string | undefined;
  readonly opsPort: number;
  readonly observe: boolean;
  readonly reloadMs: number;
  readonly logLevel: LogLevel;
}

/** @throws AppError `usage`, naming the flag. */
export function readFlags(args: readonly string[]): SchedulerFlags {
  const { values, positionals } = parseFlags(args, {
    name: { type: 'string', default: ownScheduler },
    policies: { type: 'string', multiple: true },
    'policies-from-cluster': { type: 'boolean', default: false },
    kubeconfig: { type: 'string' },
    namespace: { type: 'string' },
    'leader-election': { type: 'string', default: 'true' },
    'fallback-label': { type: 'string', default: 'tidegate.io/fallback=enabled' },
    'fallback-headroom': { type: 'string', default: '10' },
    'no-progress': { type: 'string', default: '60' },
    concurrency: { type: 'string', default: '64' },
    'bind-qps': { type: 'string', default: '5000' },
    host: { type: 'string' },
    role: { type: 'string' },
    'ops-port': { type: 'string', default: '9090' },
    observe: { type: 'boolean', default: false },
    reload: { type: 'string', default: '5' },
    'log-level': { type: 'string', default: 'info' },
  });
  noPositionals(positionals);
  const hasPolicies = values.policies !== undefined || values['policies-from-cluster'];
  return {
    name: schedulerName(values.name),
    policies: hasPolicies ? { paths: policySource(values) } : undefined,
    kubeconfig: values.kubeconfig,
    namespace: values.namespace,
    leaderElection: oneOf('leader-election', values['leader-election'], ['true', 'false']) === 'true',
    pool: label(values['fallback-label']),
    headroom: integer('fallback-headroom', values['fallback-headroom'], 0, 90) / 100,
    noProgressMs: 1000 * integer('no-progress', values['no-progress'], 10, 3600),
    concurrency: integer('concurrency', values.concurrency, 1, 256),
    bindsPerSecond: integer('bind-qps', values['bind-qps'], 1, 10_000),
    host: values.host,
    role: values.role,
    opsPort: integer('ops-port', values['ops-port'], 0, 65_535),
    observe: values.observe,
    reloadMs: 1000 * integer('reload', values.reload, 1, 3600),
    logLevel: oneOf('log-level', values['log-level'], logLevels),
  };
}

/** It is a field selector's value and a Lease's name. */
function schedulerName(text: string): string {
  if (/^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/.test(text) && text !== 'default-scheduler') return text;
  throw new AppError(
    'usage',
    `--name: expected lower-case letters, digits, '-' and '.', and not default-scheduler, got '${text}'`,
  );
}

function label(text: string): PoolLabel {
  const [, key, value] = /^([^=]+)(?:=([^=]*))?$/.exec(text) ?? [];
  if (key === undefined)
    throw new AppError('usage', `--fallback-label: expected KEY or KEY=VALUE, got '${text}'`);
  return value === undefined ? { key } : { key, value };
}
