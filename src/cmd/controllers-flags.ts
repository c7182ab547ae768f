import { logLevels, type LogLevel } from '../telemetry/logger.js';
import { integer, noPositionals, oneOf, parseFlags, policySource } from './flags.js';

export const usage = `Usage: tidegate controllers --policies DIR|--policies-from-cluster [FLAGS]

Repairs what the webhook missed: marks pods on virtual nodes with a deletion cost, so that they go first when their
owner shrinks, and adopts CronJobs that were there already. Several replicas may run: one leads, the others stand by. GET /healthz, /readyz and /metrics are on a
plain port.

  --policies DIR          policies, a folder or a file; may be repeated
  --policies-from-cluster VirtualNodePolicy objects, with their status kept
  --kubeconfig FILE       the cluster (default: the one it runs in)
  --leader-election BOOL  true or false (default true: a Lease in its own namespace)
  --host ADDRESS          where to listen (default all addresses)
  --ops-port N            plain port (default 9090; 0 takes a free one)
  --adoption MODE         CronJobs that are there already: off, report what would change, or on (default off)
  --adoption-qps N        writes to them a second, 1 to 1000 (default 50)
  --observe               write nothing: every policy in mode Observe
  --reload SECONDS        how often files are looked at, 1 to 3600 (default 5)
  --log-level LEVEL       trace, debug, info, warn, error or silent (default info)`;

export interface ControllersFlags {
  /** Undefined: from the cluster. */
  readonly policies: readonly string[] | undefined;
  readonly kubeconfig: string | undefined;
  readonly leaderElection: boolean;
  readonly host: string | undefined;
  readonly opsPort: number;
  readonly adoption: 'off' | 'report' | 'on';
  readonly adoptionPerSecond: number;
  readonly observe: boolean;
  readonly reloadMs: number;
  readonly logLevel: LogLevel;
}

/** @throws AppError `usage`, naming the flag. */
export function readFlags(args: readonly string[]): ControllersFlags {
  const { values, positionals } = parseFlags(args, {
    policies: { type: 'string', multiple: true },
    'policies-from-cluster': { type: 'boolean', default: false },
    kubeconfig: { type: 'string' },
    'leader-election': { type: 'string', default: 'true' },
    host: { type: 'string' },
    'ops-port': { type: 'string', default: '9090' },
    adoption: { type: 'string', default: 'off' },
    'adoption-qps': { type: 'string', default: '50' },
    observe: { type: 'boolean', default: false },
    reload: { type: 'string', default: '5' },
    'log-level': { type: 'string', default: 'info' },
  });
  noPositionals(positionals);
  return {
    policies: policySource(values),
    kubeconfig: values.kubeconfig,
    leaderElection: oneOf('leader-election', values['leader-election'], ['true', 'false']) === 'true',
    host: values.host,
    opsPort: integer('ops-port', values['ops-port'], 0, 65_535),
    adoption: oneOf('adoption', values.adoption, ['off', 'report', 'on']),
    adoptionPerSecond: integer('adoption-qps', values['adoption-qps'], 1, 1000),
    observe: values.observe,
    reloadMs: 1000 * integer('reload', values.reload, 1, 3600),
    logLevel: oneOf('log-level', values['log-level'], logLevels),
  };
}
