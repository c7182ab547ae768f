import type { WorkloadKind } from './workload.js';

export type Operation = 'CREATE' | 'UPDATE';

/** One row of what tidegate may touch: nothing else is ever touched. */
export interface AdmissionRow {
  readonly group: '' | 'batch';
  readonly version: 'v1';
  /** Resource and subresource as webhook rules write them. */
  readonly resource: string;
  readonly operations: readonly Operation[];
  /** What is changed: the pod template, the binding's annotations, or one condition of the pod's status. */
  readonly changes: 'template' | 'binding' | 'status';
  /** The kind of the admitted workload, for `template`. */
  readonly kind?: WorkloadKind;
}

/**
 * Kind × operation, the one table behind the webhook configuration's rules and the check in the code.
 *
 * Jobs and Pods are immutable where we write, so an UPDATE of theirs would be refused and, worse, would keep
 * finalizers from being removed (https://github.com/open-policy-agent/gatekeeper/issues/4121). A CronJob's template
 * starts no rollout.
 */
export const admissionTable = [
  {
    group: 'batch',
    version: 'v1',
    resource: 'cronjobs',
    operations: ['CREATE', 'UPDATE'],
    changes: 'template',
    kind: 'CronJob',
  },
  {
    group: 'batch',
    version: 'v1',
    resource: 'jobs',
    operations: ['CREATE'],
    changes: 'template',
    kind: 'Job',
  },
  { group: '', version: 'v1', resource: 'pods', operations: ['CREATE'], changes: 'template', kind: 'Pod' },
  { group: '', version: 'v1', resource: 'pods/binding', operations: ['CREATE'], changes: 'binding' },
  { group: '', version: 'v1', resource: 'pods/status', operations: ['UPDATE'], changes: 'status' },
] as const satisfies readonly AdmissionRow[];
