import { compile } from '../placement/compile.js';
import type { Snapshot } from '../placement/snapshot.js';
import { providers } from '../providers/registry.js';
import type { NamespaceLabels } from '../sources/namespaces.js';
import { createObservePolicies } from '../sources/observe-policies.js';
import { createSnapshotHolder, type SnapshotStatus } from '../sources/snapshot.js';
import { watchPolicyFiles } from '../sources/watch-policy-files.js';
import { systemClock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import { policyMetrics, type Registry } from '../telemetry/metrics.js';

export interface PoliciesDeps {
  readonly paths: readonly string[];
  /** Turns every policy to Observe. */
  readonly observe: boolean;
  readonly reloadMs: number;
  /** Where a cluster knows the Namespaces. Default: those that stand beside the policies. */
  readonly namespaceLabels: NamespaceLabels | undefined;
  readonly log: Logger;
  readonly registry: Registry;
  readonly signal: AbortSignal;
  /** Told when other policies serve. */
  readonly onChange?: () => void;
}

export interface Policies {
  readonly snapshot: () => Snapshot;
  readonly status: () => Omit<SnapshotStatus, 'fault' | 'generation'> & {
    readonly fault: string | undefined;
  };
  readonly ended: Promise<void>;
}

/** Policies from files, followed as they change. @throws AppError with every fault where the first read has one. */
export async function openPolicies(deps: PoliciesDeps): Promise<Policies> {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const holder = createSnapshotHolder({
    compile: (policy) => compile(policy, byName),
    observe: deps.observe,
    ...(deps.namespaceLabels ? { namespaceLabels: deps.namespaceLabels } : {}),
  });
  const observe = createObservePolicies({ log: deps.log, metrics: policyMetrics(deps.registry) });
  const { ended } = await watchPolicyFiles({
    paths: deps.paths,
    clock: systemClock,
    signal: deps.signal,
    pollMs: deps.reloadMs,
    offer: (read) => {
      const change = holder.offer(read);
      if (holder.current() !== undefined) observe(change, holder.status());
      if (change === 'loaded') deps.onChange?.();
    },
  });
  const first = holder.current();
  if (first === undefined) throw holder.status().fault ?? new Error('the policies were not read');
  return {
    snapshot: () => holder.current() ?? first,
    status: () => {
      const { loaded, hash, fault } = holder.status();
      return { loaded, hash, fault: fault?.message };
    },
    ended,
  };
}
