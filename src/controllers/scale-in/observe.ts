import { messageOf } from '../../errors.js';
import type { EventRecorder } from '../../kube/events.js';
import { reasons, rivalReasons } from '../../policy/reasons.js';
import type { Logger } from '../../telemetry/logger.js';
import type { ScaleInMetrics } from '../../telemetry/metrics.js';
import type { ScaleInObserver } from './index.js';

/** What the scale-in controller did, as log lines, metrics and events. */
export function observeScaleIn(deps: {
  readonly log: Logger;
  readonly metrics: ScaleInMetrics;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly onWatchFault: (error: unknown, during: string) => void;
}): ScaleInObserver {
  const { log, metrics, events } = deps;
  for (const reason of rivalReasons) metrics.leftAlone.set({ reason }, 0);
  return {
    done(pod, result) {
      metrics.marks.inc({ path: 'repair', result });
      if (result === 'marked' || result === 'unmarked') log.info({ pod, result }, 'mark repaired');
    },
    marked(afterBindMs) {
      metrics.bindToMark.observe({ path: 'repair' }, afterBindMs / 1000);
    },
    failed(pod, error) {
      metrics.marks.inc({ path: 'repair', result: 'failed' });
      log.warn({ pod, error: messageOf(error) }, 'mark not written, will be tried again');
    },
    fault(error, during) {
      deps.onWatchFault(error, during);
    },
    waiting(pods) {
      metrics.waiting.set(pods);
    },
    leftAlone(reason, pods) {
      metrics.leftAlone.set({ reason }, pods);
    },
    conflict(owner, namespace, reason) {
      log.debug(
        { namespace, owner: owner.name, kind: owner.kind, because: reason },
        'left to another manager',
      );
      events.record({
        regarding: { ...owner, namespace },
        type: 'Warning',
        reason: 'DeletionCostConflict',
        message: `Pods on virtual nodes get no deletion cost of tidegate: ${reasons[reason]} [${reason}]`,
      });
    },
  };
}
