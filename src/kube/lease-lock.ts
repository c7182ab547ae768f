import type { Clock } from '../telemetry/clock.js';
import type { Client } from './client.js';
import { kindOf } from './errors.js';
import { emptyLease, readLease, withClaim, type Claim, type LeaseRecord } from './lease-record.js';
import type { KubeObject } from './object.js';
import { resources } from './resource.js';

export interface LeaseLockDeps {
  readonly client: Pick<Client, 'get' | 'create' | 'update'>;
  readonly clock: Clock;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly leaseMs: number;
  /** Milliseconds for one request: less than the time between two renewals that may fail. */
  readonly timeoutMs: number;
}

export interface Held {
  /** The Lease's `leaseTransitions`. */
  readonly number: number;
  /** Monotonic time just before the request was sent: it counts from there, not from when the answer came. */
  readonly from: number;
}

/** One Lease that several contend for. Each write carries the resourceVersion of what it was decided on. */
export interface LeaseLock {
  /** Takes it where it is free; undefined: another has it, or was faster. @throws KubeError */
  take(signal: AbortSignal): Promise<Held | undefined>;
  /** Keeps it; undefined: another was faster in writing it. @throws KubeError */
  renew(signal: AbortSignal): Promise<Held | undefined>;
  /** Gives it back, if it is still ours. @throws KubeError */
  release(): Promise<void>;
  /** Who had it when it was last read; empty for nobody. */
  readonly holder: string;
}

export function createLeaseLock(deps: LeaseLockDeps): LeaseLock {
  const { client, clock, namespace, name, identity, leaseMs, timeoutMs } = deps;
  const target = { namespace, name };
  const options = { lane: 'lease', retries: 0, timeoutMs } as const;
  /** The Lease as we last wrote it; undefined: read it before the next write. */
  let written: KubeObject | undefined;
  /** What it said when it was last seen to change, and when that was by our own clock. */
  let seen: { readonly record: LeaseRecord; readonly at: number } | undefined;

  async function read(signal?: AbortSignal): Promise<KubeObject | undefined> {
    try {
      const lease = await client.get(
        resources.leases,
        target,
        signal === undefined ? options : { ...options, signal },
      );
      return observed(lease);
    } catch (error) {
      if (kindOf(error) !== 'not-found') throw error;
      seen = undefined;
      return undefined;
    }
  }

  function observed(lease: KubeObject): KubeObject {
    const record = readLease(lease);
    if (seen?.record.text !== record.text) seen = { record, at: clock.monotonic() };
    return lease;
  }

  /** Nobody's, or its holder was not seen to renew for as long as it may stay silent. */
  function isFree(record: LeaseRecord): boolean {
    if (record.holder === '' || record.holder === identity || seen === undefined) return true;
    return clock.monotonic() - seen.at >= (record.durationMs ?? leaseMs);
  }

  async function write(
    lease: KubeObject | undefined,
    claim: Claim,
    signal?: AbortSignal,
  ): Promise<Held | undefined> {
    const from = clock.monotonic();
    const body = withClaim(lease ?? emptyLease(namespace, name), claim, clock.now());
    const sent = signal === undefined ? options : { ...options, signal };
    // Until the answer is here it is not known what the Lease says.
    written = undefined;
    try {
      const answer =
        lease === undefined
          ? await client.create(resources.leases, { namespace }, body, sent)
          : await client.update(resources.leases, target, body, sent);
      written = observed(answer);
      return { number: claim.transitions, from };
    } catch (error) {
      if (kindOf(error) === 'conflict') return undefined;
      throw error;
    }
  }

  return {
    get holder() {
      return seen?.record.holder ?? '';
    },
    async take(signal) {
      const lease = await read(signal);
      const record = lease === undefined ? undefined : readLease(lease);
      if (record !== undefined && !isFree(record)) return undefined;
      const transitions = record === undefined ? 0 : record.transitions + 1;
      // Not to be ended by the signal: a Lease taken by a process that does not know it is a Lease lost to all.
      return write(lease, { holder: identity, durationMs: leaseMs, transitions, isNew: true });
    },
    async renew(signal) {
      const lease = written ?? (await read(signal));
      if (lease === undefined) return undefined;
      const { holder, transitions } = readLease(lease);
      if (holder !== identity) return undefined;
      return write(lease, { holder, durationMs: leaseMs, transitions, isNew: false }, signal);
    },
    async release() {
      const lease = written ?? (await read());
      if (lease === undefined) return;
      const { holder, transitions } = readLease(lease);
      // One second is the least that the API allows; client-go writes the same.
      if (holder === identity) await write(lease, { holder: '', durationMs: 1000, transitions, isNew: true });
    },
  };
}
