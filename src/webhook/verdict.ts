import type { Passage } from '../placement/place.js';
import type { Plan } from '../placement/plan.js';
import type { Reason } from '../policy/reasons.js';

/** How one review ended. `because` is the same id in the log, the metric, `explain`, the warning and the audit annotation. */
export type Verdict = Placed | Left;

type Passed = Extract<Passage, { kind: 'passes' }>;

interface Placed {
  readonly kind: 'patched' | 'unchanged' | 'observed';
  readonly because: Reason;
  readonly policy?: string;
  /** Where in the workload the cause is. */
  readonly where?: string;
  readonly plan: Plan;
  /** Absent where something was only taken back. */
  readonly passage?: Passed;
  readonly gate?: true;
}

interface Left {
  readonly kind: 'skipped' | 'failed';
  readonly because: Reason;
  readonly policy?: string;
  readonly where?: string;
  readonly error?: unknown;
  /** A policy wanted it, but its providers cannot run it. */
  readonly gate?: true;
}
