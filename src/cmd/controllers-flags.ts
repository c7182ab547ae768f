import { AppError } from '../errors.js';
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
  --certificates MODE     the webhook's certificates: off, or self-managed (default off)
  --webhook-service NAME  of the webhook's Service, in this process's namespace (default tidegate-webhook)
  --webhook-secret NAME   of the Secret that the webhook mounts (default tidegate-webhook-tls)
  --authority-secret NAME  of the Secret with the authority's key (default tidegate-webhook-ca)
  --webhook-configuration NAME  of the MutatingWebhookConfiguration (default tidegate)
  --namespace NAME        of the Lease, the Secrets and the Service (default that of the kubeconfig or the pod)
  --adoption MODE         CronJobs that are there already: off, report what would change, or on (default off)
  --adoption-qps N        writes to them a second, 1 to 1000 (default 50)
  --log-configs MODE      log CRs that policies need, with --policies-from-cluster: off or on (default off)
  --log-configs-namespace NAME  where they are kept (default that of --namespace)
  --role NAME             its role, to be named where it lacks a verb
  --observe               write nothing: every policy in mode Observe
  --reload SECONDS        how often files are looked at, 1 to 3600 (default 5)
  --log-level LEVEL       trace, debug, info, warn, error or silent (default info)`;

export interface ControllersFlags {
  /** Undefined: from the cluster. */
  readonly policies: readonly string[] | undefined;
  readonly kubeconfig: string | undefined;
  readonly leaderElection: boolean;
  readonly host: string | undefined;
  readonly role: string | undefined;
  readonly opsPort: number;
  /** Undefined: not managed. */
  readonly certificates: CertificateFlags | undefined;
  readonly namespace: string | undefined;
  readonly adoption: 'off' | 'report' | 'on';
  readonly adoptionPerSecond: number;
  readonly logConfigs: 'off' | 'on';
  /** Undefined: that of the Lease. */
  readonly logConfigsNamespace: string | undefined;
  readonly observe: boolean;
  readonly reloadMs: number;
  readonly logLevel: LogLevel;
}

export interface CertificateFlags {
  readonly service: string;
  readonly servingSecret: string;
  readonly authoritySecret: string;
  readonly configuration: string;
}

/** @throws AppError `usage`, naming the flag. */
export function readFlags(args: readonly string[]): ControllersFlags {
  const { values, positionals } = parseFlags(args, {
    policies: { type: 'string', multiple: true },
    'policies-from-cluster': { type: 'boolean', default: false },
    kubeconfig: { type: 'string' },
    'leader-election': { type: 'string', default: 'true' },
    host: { type: 'string' },
    role: { type: 'string' },
    'ops-port': { type: 'string', default: '9090' },
    certificates: { type: 'string', default: 'off' },
    'webhook-service': { type: 'string', default: 'tidegate-webhook' },
    'webhook-secret': { type: 'string', default: 'tidegate-webhook-tls' },
    'authority-secret': { type: 'string', default: 'tidegate-webhook-ca' },
    'webhook-configuration': { type: 'string', default: 'tidegate' },
    namespace: { type: 'string' },
    adoption: { type: 'string', default: 'off' },
    'adoption-qps': { type: 'string', default: '50' },
    'log-configs': { type: 'string', default: 'off' },
    'log-configs-namespace': { type: 'string' },
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
    role: values.role,
    opsPort: integer('ops-port', values['ops-port'], 0, 65_535),
    certificates:
      oneOf('certificates', values.certificates, ['off', 'self-managed']) === 'off'
        ? undefined
        : {
            service: values['webhook-service'],
            servingSecret: values['webhook-secret'],
            authoritySecret: values['authority-secret'],
            configuration: values['webhook-configuration'],
          },
    namespace: values.namespace,
    adoption: oneOf('adoption', values.adoption, ['off', 'report', 'on']),
    adoptionPerSecond: integer('adoption-qps', values['adoption-qps'], 1, 1000),
    logConfigs: logConfigsOf(values),
    logConfigsNamespace: values['log-configs-namespace'],
    observe: values.observe,
    reloadMs: 1000 * integer('reload', values.reload, 1, 3600),
    logLevel: oneOf('log-level', values['log-level'], logLevels),
  };
}

function logConfigsOf(values: {
  readonly 'log-configs': string;
  readonly 'policies-from-cluster': boolean;
}): 'off' | 'on' {
  const mode = oneOf('log-configs', values['log-configs'], ['off', 'on']);
  if (mode === 'off' || values['policies-from-cluster']) return mode;
  throw new AppError('usage', '--log-configs on: expected --policies-from-cluster, got policies of files');
}
