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

/**
 * FNV-1a over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/), then the finaliser of MurmurHash3
 * (https://github.com/aappleby/smhasher), without which names that differ in the last digit alone share buckets.
 */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
