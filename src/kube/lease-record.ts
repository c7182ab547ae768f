import { isObject } from '../objects/json.js';
import type { KubeObject } from './object.js';
import { apiVersionOf, resources } from './resource.js';

/** What a Lease says, as far as an election reads it. Times are left out: clocks of others are never compared. */
export interface LeaseRecord {
  /** Empty: released. */
  readonly holder: string;
  /** How long the holder keeps it after it was last seen to renew. */
  readonly durationMs: number | undefined;
  readonly transitions: number;
  /** The whole spec as text: another text means that somebody wrote. */
  readonly text: string;
}

export function readLease({ spec }: KubeObject): LeaseRecord {
  const said = isObject(spec) ? spec : {};
  const { holderIdentity, leaseDurationSeconds, leaseTransitions } = said;
  return {
    holder: typeof holderIdentity === 'string' ? holderIdentity : '',
    durationMs: typeof leaseDurationSeconds === 'number' ? leaseDurationSeconds * 1000 : undefined,
    transitions: typeof leaseTransitions === 'number' ? leaseTransitions : 0,
    text: JSON.stringify(said),
  };
}

export interface Claim {
  readonly holder: string;
  readonly durationMs: number;
  readonly transitions: number;
  /** The Lease changes hands: its acquireTime is now. */
  readonly isNew: boolean;
}

/** The Lease with our claim in it; whatever else is in it stays. `now`: wall clock, for people to read. */
export function withClaim(lease: KubeObject, claim: Claim, now: number): KubeObject {
  // The API's MicroTime has six decimals.
  const time = new Date(now).toISOString().replace('Z', '000Z');
  return {
    ...lease,
    spec: {
      ...(isObject(lease['spec']) ? lease['spec'] : {}),
      ...(claim.isNew ? { acquireTime: time } : {}),
      holderIdentity: claim.holder,
      leaseDurationSeconds: Math.max(1, Math.round(claim.durationMs / 1000)),
      leaseTransitions: claim.transitions,
      renewTime: time,
    },
  };
}

export function emptyLease(namespace: string, name: string): KubeObject {
  return {
    apiVersion: apiVersionOf(resources.leases),
    kind: resources.leases.kind,
    metadata: { namespace, name },
  };
}
