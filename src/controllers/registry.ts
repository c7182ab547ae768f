import type { Client } from '../kube/client.js';
import type { Snapshot } from '../placement/snapshot.js';
import type { ClusterView } from '../sources/cluster.js';
import type { PolicyObjects } from '../sources/policy-objects.js';
import type { Clock, Random } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { Registry } from '../telemetry/metrics.js';
import type { CertificatesDeps } from './certificates/index.js';
import { certificates } from './certificates/register.js';
import type { Controller } from './controller.js';
import type { CronJobs } from './cron-jobs.js';
import { adoption } from './adoption/register.js';
import type { LogConfigDeps } from './log-config/index.js';
import { logConfig } from './log-config/register.js';
import { policyStatus } from './policy-status/register.js';
import { scaleIn } from './scale-in/register.js';

/** What a process gives to each of its controllers. */
export interface ControllerContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  /** Nodes and Namespaces, watched once for all. */
  readonly view: ClusterView;
  /** Watched from when the first controller observes it. */
  readonly cronJobs: CronJobs;
  /** Undefined until policies are loaded. */
  readonly snapshot: () => Snapshot | undefined;
  /** Called with a listener for every change of what `snapshot` answers: of policies or of Namespaces. */
  readonly onSnapshot: (listener: () => void) => void;
  /** Absent where policies are files. */
  readonly policies?: PolicyObjects;
  /** Unlike that of any other replica. */
  readonly identity: string;
  readonly log: Logger;
  /** For a controller's own metrics. */
  readonly registry: Registry;
  /** Told of each list and watch that ended with a fault. */
  readonly onWatchFault: (error: unknown, during: string) => void;
  readonly options: ControllerOptions;
}

/** What the command line asks of single controllers. */
export interface ControllerOptions {
  /** Whether CronJobs that are there already are brought to what is wanted; `report` says what would be done. */
  readonly adoption: 'off' | 'report' | 'on';
  /** Undefined: somebody else makes the webhook's certificates. */
  readonly certificates: Pick<CertificatesDeps, 'places' | 'names'> | undefined;
  /** Whether the log CRs that policies need are kept, and where. */
  readonly logConfigs: Pick<LogConfigDeps, 'mode' | 'namespace'>;
}

/** Undefined: it is not asked for. */
export type ControllerFactory = (context: ControllerContext) => Controller | undefined;

/** One line each; they run side by side under one Lease. */
export const controllerFactories: readonly ControllerFactory[] = [
  certificates,
  scaleIn,
  policyStatus,
  logConfig,
  adoption,
];
