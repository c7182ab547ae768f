import { createServer } from 'node:http';
import type { Controller } from '../controllers/controller.js';
import { createRunner, type Runner, type RunnerDeps } from '../controllers/runner.js';
import { messageOf } from '../errors.js';
import type { Client } from '../kube/client.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import type { ControllerMetrics, Registry } from '../telemetry/metrics.js';
import { createOpsApp } from '../webhook/app.js';
import { listen } from '../webhook/listen.js';
import { onTermination } from './signals.js';

export interface ElectedDeps {
  /** What runs, in the log: `controllers started`, `controllers ending`. */
  readonly what: string;
  readonly controllers: readonly Controller[];
  readonly client: Client;
  /** Undefined: no election is held. */
  readonly lease: RunnerDeps['lease'];
  readonly host: string | undefined;
  readonly opsPort: number;
  /** What `/readyz` tells. */
  readonly report: (runner: Runner) => { readonly ready: boolean };
  readonly log: Logger;
  readonly registry: Registry;
  readonly metrics: Pick<ControllerMetrics, 'leader'>;
  /** Aborts when a signal has come: then everything else of the process ends too. */
  readonly stop: AbortController;
  /** What else has to have ended before the plain port closes. */
  readonly ended: readonly (Promise<void> | undefined)[];
}

/** Runs controllers under a Lease, with a plain port beside them, until a signal ends it. */
export async function runElected(deps: ElectedDeps): Promise<void> {
  const { what, log, registry, metrics, lease, stop } = deps;
  const runner = createRunner({
    controllers: deps.controllers,
    client: deps.client,
    clock: systemClock,
    random: systemRandom,
    ...(lease ? { lease } : {}),
    onLeading: (isLeading) => {
      metrics.leader.set(isLeading ? 1 : 0);
      log.info({ isLeading }, isLeading ? 'leads' : 'no longer leads');
    },
    onFault: (error) => {
      log.warn({ error: messageOf(error) }, 'election');
    },
  });
  const ops = createServer(createOpsApp({ readiness: () => deps.report(runner), registry, log }));
  const termination = onTermination();
  const opsPort = await listen(ops, deps.opsPort, deps.host);
  log.info({ opsPort }, `${what} started`);
  const running = runner.run(stop.signal);
  log.info({ signal: await termination.asked }, `${what} ending`);
  stop.abort();
  await Promise.all([running, ...deps.ended]);
  ops.close();
  ops.closeAllConnections();
  termination.forget();
}
