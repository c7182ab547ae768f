import { openCertificates } from '../certs/serving.js';
import { compile } from '../placement/compile.js';
import type { Snapshot } from '../placement/snapshot.js';
import { providers } from '../providers/registry.js';
import { createObservePolicies } from '../sources/observe-policies.js';
import { createSnapshotHolder } from '../sources/snapshot.js';
import { watchPolicyFiles } from '../sources/watch-policy-files.js';
import { systemClock } from '../telemetry/clock.js';
import { createLogger, type Logger } from '../telemetry/logger.js';
import {
  admissionMetrics,
  certificateMetrics,
  createRegistry,
  policyMetrics,
  type Registry,
} from '../telemetry/metrics.js';
import { createDecide, decideBinding } from '../webhook/decide.js';
import { createHandler } from '../webhook/handler.js';
import { createObserve } from '../webhook/observe.js';
import type { PolicyStatus } from '../webhook/readiness.js';
import { version } from './version.js';
import { readFlags, type WebhookFlags } from './webhook-flags.js';
import { serve } from './webhook-serve.js';

export { usage } from './webhook-flags.js';

/** Serves until a signal ends it. @throws AppError for a fault at the start: there is no last good state yet. */
export async function run(args: readonly string[]): Promise<number> {
  const flags = readFlags(args);
  const clock = systemClock;
  const log = createLogger({ component: 'webhook', level: flags.logLevel });
  const registry = createRegistry({ version: version() });
  const stop = new AbortController();
  try {
    const certificates = await openCertificates({
      files: flags.certificates,
      everyMs: flags.reloadMs,
      clock,
      log,
      metrics: certificateMetrics(registry),
    });
    const policies = await openPolicies({ flags, log, registry, signal: stop.signal });
    const metrics = admissionMetrics(registry);
    const observe = createObserve({ log, metrics });
    const routes = {
      '/mutate': createHandler({ decide: createDecide(policies.snapshot), observe, clock }),
      '/mutate/binding': createHandler({ decide: decideBinding, observe, clock }),
    };
    await serve({ flags, routes, certificates, policies: policies.status, log, registry, metrics, stop });
    await policies.ended;
    return 0;
  } finally {
    stop.abort();
  }
}

interface PoliciesDeps {
  readonly flags: WebhookFlags;
  readonly log: Logger;
  readonly registry: Registry;
  readonly signal: AbortSignal;
}

interface Policies {
  readonly snapshot: () => Snapshot;
  readonly status: () => PolicyStatus;
  readonly ended: Promise<void>;
}

/** Policies from files, followed as they change. @throws AppError with every fault where the first read has one. */
async function openPolicies({ flags, log, registry, signal }: PoliciesDeps): Promise<Policies> {
  const byName = new Map(providers.map((provider) => [provider.name, provider]));
  const holder = createSnapshotHolder({
    compile: (policy) => compile(policy, byName),
    observe: flags.observe,
  });
  const observe = createObservePolicies({ log, metrics: policyMetrics(registry) });
  const { ended } = await watchPolicyFiles({
    paths: flags.policies,
    clock: systemClock,
    signal,
    pollMs: flags.reloadMs,
    offer: (read) => {
      const change = holder.offer(read);
      if (holder.current() !== undefined) observe(change, holder.status());
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
