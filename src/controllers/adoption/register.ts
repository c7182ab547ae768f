import { messageOf } from '../../errors.js';
import { adoptionMetrics } from '../../telemetry/metrics.js';
import type { Controller } from '../controller.js';
import type { ControllerContext } from '../registry.js';
import { createAdoption, type AdoptionObserver } from './index.js';

/** Off unless it is asked for: it writes to what is there already. */
export function adoption(context: ControllerContext): Controller | undefined {
  const { adoption: mode } = context.options;
  if (mode === 'off') return undefined;
  return createAdoption({ ...context, mode, observer: observerOf(context, mode) });
}

function observerOf({ log, registry }: ControllerContext, mode: 'report' | 'on'): AdoptionObserver {
  const { standings, cronJobs } = adoptionMetrics(registry);
  return {
    stands(before, after) {
      if (before) standings.dec({ standing: before.standing });
      if (after) standings.inc({ standing: after.standing });
      if (mode !== 'report' || after === undefined || after.change === 0) return;
      const { namespace, name, standing, because, policy } = after;
      log.info(
        { cronJob: `${namespace}/${name}`, standing, reason: because, policy },
        'cronjob would change',
      );
    },
    done(cronJob, result) {
      cronJobs.inc({ result });
      if (result === 'contested')
        log.warn({ cronJob, result }, 'cronjob changed by somebody in the same write');
      else if (result !== 'kept' && result !== 'gone') log.info({ cronJob, result }, 'cronjob adopted');
    },
    failed(cronJob, error) {
      cronJobs.inc({ result: 'failed' });
      log.warn({ cronJob, error: messageOf(error) }, 'cronjob not written, will be tried again');
    },
  };
}
