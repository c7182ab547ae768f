import { messageOf } from '../../errors.js';
import { logConfigMetrics } from '../../telemetry/metrics.js';
import type { Controller } from '../controller.js';
import type { ControllerContext } from '../registry.js';
import { createLogConfig } from './index.js';

/** Policies of files have no status, and no object that their log CRs could go with. */
export function logConfig(context: ControllerContext): Controller | undefined {
  const { policies, log } = context;
  if (policies === undefined) return undefined;
  const { writes } = logConfigMetrics(context.registry);
  return createLogConfig({
    ...context,
    ...context.options.logConfigs,
    policies,
    observe: () => context.snapshot()?.observe === true,
    onFault: (error, during) => {
      log.warn({ during, error: messageOf(error) }, 'log configs not read, will be tried again');
    },
    observer: {
      done(policy, name, result) {
        writes.inc({ result });
        log.info({ policy, name, result }, 'log config written');
      },
      failed(policy, error) {
        writes.inc({ result: 'failed' });
        log.warn({ policy, error: messageOf(error) }, 'log config not written, will be tried again');
      },
    },
  });
}
