import type { Reason } from '../policy/reasons.js';
import type { Logger } from '../telemetry/logger.js';
import type { AdmissionMetrics } from '../telemetry/metrics.js';

export const verdicts = ['patched', 'unchanged', 'skipped', 'observed', 'failed'] as const;

/** How one review ended, in the words of the log and the metrics. */
export interface Observation {
  readonly uid: string;
  /** `other` for a kind or an operation that tidegate never touches: metric labels are closed sets. */
  readonly kind: string;
  readonly operation: string;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly verdict: (typeof verdicts)[number];
  readonly reason: Reason;
  /** The policy that decided. Absent where none did. */
  readonly policy?: string | undefined;
  /** Where in the workload the cause of a reason is. */
  readonly where?: string | undefined;
  /** What of the policy could not be had, by reason, each once. Absent where all could. */
  readonly notOffered?: readonly Reason[] | undefined;
  /** Of the patch, or of what an observed policy would change. */
  readonly operations: number;
  /** Of the patch sent: 0 without one. */
  readonly patchBytes: number;
  /** One line of what went wrong, for `failed`. */
  readonly error?: string | undefined;
}

export interface ObserveDeps {
  readonly log: Logger;
  readonly metrics: AdmissionMetrics;
}

/**
 * One review: exactly one log line, one counter, one histogram; two more histograms where there is a patch, and a
 * counter where a wish could not be had.
 */
export function createObserve({ log, metrics }: ObserveDeps): (review: Observation, seconds: number) => void {
  const counters = new Map<string, { inc(): void }>();
  return (review, seconds) => {
    const { kind, operation, verdict, reason } = review;
    const key = `${kind} ${operation} ${verdict} ${reason}`;
    let counter = counters.get(key);
    if (counter === undefined) {
      counter = metrics.reviews.labels({ kind, operation, verdict, reason });
      counters.set(key, counter);
    }
    counter.inc();
    metrics.duration.observe(seconds);
    if (review.patchBytes > 0) {
      metrics.patchBytes.observe(review.patchBytes);
      metrics.patchOperations.observe(review.operations);
    }
    for (const because of review.notOffered ?? []) metrics.notOffered.inc({ kind, reason: because });
    write(log, review, seconds);
  };
}

/** The line's level, by verdict: what changed is news, what stayed is not, what failed needs eyes. */
const levels = {
  patched: 'info',
  observed: 'info',
  unchanged: 'debug',
  skipped: 'debug',
  failed: 'warn',
} as const satisfies Record<Observation['verdict'], string>;

function write(log: Logger, review: Observation, seconds: number): void {
  const level = levels[review.verdict];
  if (!log.isLevelEnabled(level)) return;
  log[level]({ ...review, seconds: Math.round(seconds * 1e6) / 1e6 }, 'review answered');
}
