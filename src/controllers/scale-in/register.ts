import { createEventRecorder } from '../../kube/events.js';
import { scaleInMetrics } from '../../telemetry/metrics.js';
import type { Controller } from '../controller.js';
import type { ControllerContext } from '../registry.js';
import { createScaleIn } from './index.js';
import { observeScaleIn } from './observe.js';

export function scaleIn(context: ControllerContext): Controller {
  const { view, log, onWatchFault } = context;
  const metrics = scaleInMetrics(context.registry);
  const events = createEventRecorder({
    ...context,
    reporter: { component: 'tidegate', instance: context.identity },
    onDropped: (why) => {
      log.debug({ why }, 'event dropped');
    },
  });
  const controller = createScaleIn({
    ...context,
    nodes: view.nodes,
    rivals: view.rivals,
    isSynced: () => view.hasSynced,
    observer: observeScaleIn({ log, metrics, events, onWatchFault }),
  });
  return {
    name: controller.name,
    get hasSynced() {
      return controller.hasSynced;
    },
    lead: (term, stop) => controller.lead(term, stop),
    async observe(signal) {
      await Promise.all([controller.observe(signal), events.run(signal)]);
    },
  };
}
