import { hash32 } from '../objects/hash.js';
import { stableName, type Workload } from '../objects/workload.js';
import type { Policy } from './policy.js';

/**
 * Whether a workload is within the share that the policy places: the same answer on every call, replica, run of a
 * CronJob and dry-run. A growing percentage only ever adds workloads.
 */
export function isWithinRollout(policy: Policy, workload: Workload): boolean {
  const { rolloutPercent } = policy.spec;
  if (rolloutPercent >= 100) return true;
  return rolloutBucket(policy.metadata.name, workload.namespace, stableName(workload)) < rolloutPercent;
}

/** 0..99 */
export function rolloutBucket(policy: string, namespace: string, name: string): number {
  return hash32(`${policy}/${namespace}/${name}`) % 100;
}
