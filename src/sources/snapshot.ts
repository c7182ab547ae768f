import { AppError, messageOf } from '../errors.js';
import { compileMatchers, type PolicyIndex } from '../policy/matchers.js';
import type { Policy } from '../policy/policy.js';
import type { NamespaceLabels } from './namespaces.js';
import type { PolicyRead } from './policy-files.js';
import type { PolicySet } from './policy-set.js';

/** Everything that an answer depends on. Never changed, only replaced: who decides takes it once. */
export interface PolicySnapshot<T> {
  readonly index: PolicyIndex<T>;
  /** Turns every policy to Observe. */
  readonly observe: boolean;
  readonly namespaceLabels: NamespaceLabels;
}

export interface SnapshotStatus {
  /** How many policies serve. Absent until the first good read. */
  readonly loaded: number | undefined;
  /** Of what serves, to compare replicas. */
  readonly hash: string | undefined;
  /** How often what serves has changed; the first good read is 1. */
  readonly generation: number;
  /** What is wrong with the newest read, while the last good one serves. */
  readonly fault: AppError | undefined;
}

/** `same`: what was read is what serves, and nothing was wrong before. */
export type SnapshotChange = 'loaded' | 'refused' | 'same';

/** The last known good. */
export interface SnapshotHolder<T> {
  /** Absent until the first good read. */
  current(): PolicySnapshot<T> | undefined;
  status(): SnapshotStatus;
  /** Takes a good read in one step; a faulty one leaves everything as it is but the status. Never throws. */
  offer(read: PolicyRead): SnapshotChange;
}

export interface SnapshotDeps<T> {
  /** What a policy is compiled to, once, before anything is replaced. */
  readonly compile: (policy: Policy) => T;
  readonly observe: boolean;
  /** Where a cluster knows the Namespaces. Default: those that stand beside the policies. */
  readonly namespaceLabels?: NamespaceLabels;
}

export function createSnapshotHolder<T>(deps: SnapshotDeps<T>): SnapshotHolder<T> {
  let current: PolicySnapshot<T> | undefined;
  let status: SnapshotStatus = { loaded: undefined, hash: undefined, generation: 0, fault: undefined };

  function refuse(fault: AppError): SnapshotChange {
    status = { ...status, fault };
    return 'refused';
  }

  return {
    current: () => current,
    status: () => status,
    offer(read) {
      if (!read.ok) return refuse(read.error);
      const { policies, hash } = read.set;
      const { complaint: fault } = read;
      if (hash === status.hash) {
        const before = status.fault?.message;
        status = { ...status, fault };
        if (fault?.message === before) return 'same';
        return fault === undefined ? 'loaded' : 'refused';
      }
      try {
        current = toSnapshot(read.set, deps);
      } catch (error) {
        return refuse(toAppError(error));
      }
      status = { loaded: policies.length, hash, generation: status.generation + 1, fault };
      return 'loaded';
    },
  };
}

/** @throws AppError `policy-invalid`, naming the policy that cannot be compiled. */
export function toSnapshot<T>(set: PolicySet, deps: SnapshotDeps<T>): PolicySnapshot<T> {
  const { observe, namespaceLabels = (name: string) => set.namespaces.get(name) } = deps;
  const compile = (policy: Policy): T => {
    try {
      return deps.compile(policy);
    } catch (error) {
      const message = `policy ${policy.metadata.name} cannot be compiled: ${messageOf(error)}`;
      throw new AppError('policy-invalid', message, { cause: error });
    }
  };
  return { index: compileMatchers(set.policies, compile), observe, namespaceLabels };
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('policy-invalid', messageOf(error), { cause: error });
}
