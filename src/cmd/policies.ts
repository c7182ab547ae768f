import { AppError, messageOf } from '../errors.js';
import type { Client } from '../kube/client.js';
import { compile } from '../placement/compile.js';
import type { Snapshot } from '../placement/snapshot.js';
import { providers } from '../providers/registry.js';
import type { NamespaceLabels } from '../sources/namespaces.js';
import { createObservePolicies } from '../sources/observe-policies.js';
import { createPolicyObjects, type PolicyObjects } from '../sources/policy-objects.js';
import type { PolicyRead } from '../sources/policy-files.js';
import { createSnapshotHolder, type SnapshotHolder, type SnapshotStatus } from '../sources/snapshot.js';
import { watchPolicyFiles } from '../sources/watch-policy-files.js';
import { systemClock, systemRandom } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';
import { policyMetrics, type Registry } from '../telemetry/metrics.js';
import type { Requests } from './requests.js';

/** `--policies` or `--policies-from-cluster`. */
export interface PolicyFlags {
  /** Undefined: from the cluster. */
  readonly policies: readonly string[] | undefined;
  readonly observe: boolean;
  readonly reloadMs: number;
}

export interface PoliciesDeps {
  readonly flags: PolicyFlags;
  /** Where they may be objects. */
  readonly client: Client | undefined;
  /** Where a cluster knows the Namespaces. Default: those that stand beside the policies. */
  readonly namespaceLabels: NamespaceLabels | undefined;
  readonly log: Logger;
  readonly registry: Registry;
  readonly requests: Requests;
  readonly signal: AbortSignal;
  /** Told when other policies serve. */
  readonly onChange?: () => void;
}

export interface Policies {
  /** Undefined until the first good read, which only objects can be late for. */
  readonly snapshot: () => Snapshot | undefined;
  readonly status: () => Omit<SnapshotStatus, 'fault' | 'generation'> & {
    readonly fault: string | undefined;
  };
  /** Absent where they are files. */
  readonly objects?: PolicyObjects;
  readonly ended: Promise<void>;
}

/** Policies, followed as they change. @throws AppError with every fault where the first read of files has one. */
export async function openPolicies(deps: PoliciesDeps): Promise<Policies> {
  const holder = createSnapshotHolder({
    compile: (policy) => compile(policy, byName),
    observe: deps.flags.observe,
    ...(deps.namespaceLabels ? { namespaceLabels: deps.namespaceLabels } : {}),
  });
  const observe = createObservePolicies({ log: deps.log, metrics: policyMetrics(deps.registry) });
  const offer = (read: PolicyRead): void => {
    const change = holder.offer(read);
    if (holder.current() !== undefined) observe(change, holder.status());
    if (change === 'loaded') deps.onChange?.();
  };
  const { policies: paths } = deps.flags;
  return paths === undefined ? fromCluster(deps, holder, offer) : fromFiles(paths, deps, holder, offer);
}

const byName = new Map(providers.map((provider) => [provider.name, provider]));

type Holder = SnapshotHolder<Snapshot['index']['ordered'][number]['compiled']>;
type Offer = (read: PolicyRead) => void;

async function fromFiles(
  paths: readonly string[],
  { flags, signal }: PoliciesDeps,
  holder: Holder,
  offer: Offer,
): Promise<Policies> {
  const { ended } = await watchPolicyFiles({
    paths,
    clock: systemClock,
    signal,
    pollMs: flags.reloadMs,
    offer,
  });
  if (holder.current() === undefined) throw holder.status().fault ?? new Error('the policies were not read');
  return { snapshot: () => holder.current(), status: () => statusOf(holder, undefined), ended };
}

function fromCluster({ client, requests, signal }: PoliciesDeps, holder: Holder, offer: Offer): Policies {
  if (client === undefined) throw new AppError('usage', '--policies-from-cluster needs a cluster');
  let trouble: string | undefined;
  const tell = requests.watchFault();
  const objects = createPolicyObjects({
    client,
    clock: systemClock,
    random: systemRandom,
    offer,
    onFault: (error, during) => {
      trouble = messageOf(error);
      tell(error, during);
    },
  });
  return {
    snapshot: () => holder.current(),
    status: () => statusOf(holder, trouble),
    objects,
    ended: objects.run(signal),
  };
}

/** Until something has loaded, what keeps it from loading is what is wrong. */
function statusOf(holder: Holder, trouble: string | undefined): ReturnType<Policies['status']> {
  const { loaded, hash, fault } = holder.status();
  return { loaded, hash, fault: fault?.message ?? (loaded === undefined ? trouble : undefined) };
}
