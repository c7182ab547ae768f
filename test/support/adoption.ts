import { onTestFinished } from 'vitest';
import { createAdoption, type AdoptionDeps } from '../../src/controllers/adoption/index.js';
import { createCronJobs, type AssessedCronJob } from '../../src/controllers/cron-jobs.js';
import { createClient, type Client } from '../../src/kube/client.js';
import { resources } from '../../src/kube/resource.js';
import { createTransport } from '../../src/kube/transport.js';
import type { JsonObject } from '../../src/objects/json.js';
import type { Policy } from '../../src/policy/policy.js';
import { createClusterView, type ClusterView } from '../../src/sources/cluster.js';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';
import { testBox, type TestBox } from './box.js';
import { snapshot } from './snapshot.js';

/** A box with an opted-in namespace `apps`, and its client without rate limits. */
export async function adoptionCluster(): Promise<{ readonly box: TestBox; readonly client: Client }> {
  const box = await testBox();
  onTestFinished(() => box.close());
  const transport = createTransport({
    server: box.url,
    namespace: 'default',
    access: () =>
      Promise.resolve({ headers: { authorization: `Bearer ${box.token}` }, tls: { ca: box.caBundle } }),
    renew: () => undefined,
  });
  onTestFinished(() => transport.close());
  const free = { perSecond: 10_000, burst: 10_000, inFlight: 64 };
  const limits = { reads: free, writes: free, adoption: free };
  const client = createClient({ transport, clock: systemClock, random: systemRandom, limits });
  await client.create(resources.namespaces, {}, namespace('apps', true));
  return { box, client };
}

export const namespace = (name: string, optedIn: boolean): JsonObject => ({
  metadata: { name, ...(optedIn ? { labels: { 'tidegate.io/virtual-nodes': 'enabled' } } : {}) },
});

export interface RunningAdoption {
  readonly results: Record<string, number>;
  readonly failures: unknown[];
  /** How the CronJobs stand, by `namespace/name`. */
  readonly standings: ReadonlyMap<string, AssessedCronJob>;
  /** Other policies serve from now on. */
  serve(policies: readonly Policy[]): void;
  stop(): Promise<void>;
}

/** The controller, alone and leading. */
export function startAdoption(
  client: Client,
  policies: readonly Policy[],
  {
    ownNamespace,
    ...options
  }: Partial<Pick<AdoptionDeps, 'mode' | 'workers'>> & { readonly ownNamespace?: string } = {},
): RunningAdoption {
  const parts = { client, clock: systemClock, random: systemRandom };
  const view: ClusterView = createClusterView({ ...parts, pendingPods: false });
  const withNamespaces = (some: readonly Policy[]) =>
    snapshot(some, { namespaceLabels: view.namespaceLabels });
  let serving = withNamespaces(policies);
  const listeners: (() => void)[] = [];
  const results: Record<string, number> = {};
  const failures: unknown[] = [];
  const standings = new Map<string, AssessedCronJob>();
  const onSnapshot = (listener: () => void) => void listeners.push(listener);
  const cronJobs = createCronJobs({
    ...parts,
    view,
    snapshot: () => serving,
    onSnapshot,
    ownNamespace,
    onFault: () => undefined,
  });
  const controller = createAdoption({
    ...parts,
    cronJobs,
    onSnapshot,
    mode: 'on',
    observer: {
      stands(before, after) {
        const { namespace: at = '', name = '' } = after ?? before ?? {};
        if (after) standings.set(`${at}/${name}`, after);
        else standings.delete(`${at}/${name}`);
      },
      done: (_, result) => (results[result] = (results[result] ?? 0) + 1),
      failed: (_, error) => failures.push(error),
    },
    ...options,
  });
  const stop = new AbortController();
  const never = new AbortController().signal;
  const running = Promise.all([
    view.run(stop.signal),
    controller.observe(stop.signal),
    controller.lead({ number: 0, signal: never, isValid: () => true }, stop.signal),
  ]);
  const end = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return {
    results,
    failures,
    standings,
    serve(some) {
      serving = withNamespaces(some);
      for (const listener of listeners) listener();
    },
    stop: end,
  };
}
