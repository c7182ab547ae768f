import { messageOf } from '../../errors.js';
import type { Logger } from '../../telemetry/logger.js';
import type { ControllerMetrics, ScaleInMetrics } from '../../telemetry/metrics.js';
import type { ScaleInObserver } from './index.js';

/** What the scale-in controller did, as log lines and metrics. */
export function observeScaleIn(deps: {
  readonly log: Logger;
  readonly metrics: ScaleInMetrics & ControllerMetrics;
}): ScaleInObserver {
  const { log, metrics } = deps;
  return {
    done(pod, result) {
      metrics.marks.inc({ path: 'repair', result });
      if (result === 'marked' || result === 'unmarked') log.info({ pod, result }, 'mark repaired');
    },
    failed(pod, error) {
      metrics.marks.inc({ path: 'repair', result: 'failed' });
      log.warn({ pod, error: messageOf(error) }, 'mark not written, will be tried again');
    },
    fault(error, during) {
      metrics.watchFaults.inc();
      log.warn({ during, error: messageOf(error) }, 'watch interrupted');
    },
    waiting(pods) {
      metrics.waiting.set(pods);
    },
  };
}
