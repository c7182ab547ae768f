import { createDenials } from '../kube/denials.js';
import type { CallOutcome } from '../kube/request.js';
import { systemClock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import { kubeMetrics, type Registry } from '../telemetry/metrics.js';
import { watchFault } from './watch-fault.js';

/** What a process tells of its requests to the API server. */
export interface Requests {
  /** Told of every try. */
  readonly observe: (outcome: CallOutcome) => void;
  /** One for each that lists and watches: the same complaint is told once. */
  readonly watchFault: () => (error: unknown, during: string) => void;
  /** For the readiness: what a role lacks, as `list nodes`. Absent: nothing. */
  readonly denied: () => { readonly denied?: readonly string[] };
}

/** `role`: of the process, where somebody has named it. */
export function followRequests(log: Logger, registry: Registry, role: string | undefined): Requests {
  const metrics = kubeMetrics(registry);
  const denials = createDenials(systemClock);
  return {
    observe({ denied }) {
      if (denied === undefined) return;
      const { verb, resource, group } = denied;
      metrics.denied.inc({ verb, resource });
      if (denials.note(denied)) log.error({ verb, resource, apiGroup: group, role }, 'role lacks a verb');
    },
    watchFault: () => watchFault(log, metrics.watchFaults),
    denied: () => {
      const denied = denials.current();
      return denied.length === 0 ? {} : { denied };
    },
  };
}
