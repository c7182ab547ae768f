import { scaleInMetrics } from '../../telemetry/metrics.js';
import type { Controller } from '../controller.js';
import type { ControllerContext } from '../registry.js';
import { createScaleIn } from './index.js';
import { observeScaleIn } from './observe.js';

export const scaleIn = (context: ControllerContext): Controller =>
  createScaleIn({
    ...context,
    nodes: context.view.nodes,
    observer: observeScaleIn({
      log: context.log,
      metrics: { ...context.metrics, ...scaleInMetrics(context.registry) },
    }),
  });
