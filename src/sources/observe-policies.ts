import type { Logger } from '../telemetry/logger.js';
import type { PolicyMetrics } from '../telemetry/metrics.js';
import type { SnapshotChange, SnapshotStatus } from './snapshot.js';

export interface ObservePoliciesDeps {
  readonly log: Logger;
  readonly metrics: PolicyMetrics;
}

/** What is told of a read of the policies: one log line and one count where something changed, and what serves now. */
export function createObservePolicies({
  log,
  metrics,
}: ObservePoliciesDeps): (change: SnapshotChange, status: SnapshotStatus) => void {
  // Else the first that is refused would be no increase.
  for (const result of ['loaded', 'refused']) metrics.reloads.inc({ result }, 0);
  return (change, status) => {
    const { loaded, hash, generation, fault } = status;
    metrics.loaded.set(loaded ?? 0);
    metrics.generation.set(generation);
    metrics.faulty.set(fault === undefined ? 0 : 1);
    metrics.info.reset();
    if (hash !== undefined) metrics.info.set({ hash }, 1);
    if (change === 'same') return;
    metrics.reloads.inc({ result: change });
    if (change === 'loaded') log.info({ policies: loaded, hash, generation }, 'policies loaded');
    if (fault !== undefined)
      log.error({ error: fault.message, serving: hash }, 'new policies refused, the last good ones serve');
  };
}
