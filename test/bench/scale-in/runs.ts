import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../children.ts';
import { cpuSeconds, memory } from '../process-usage.ts';
import { quantile } from '../stats.ts';
import type { Landed } from './cluster.ts';
import { bindAll } from './load.ts';
import { startAnnotator, startControllers, type Cluster, type Webhook } from './processes.ts';

/** Who marks pods. */
export type Marker = 'nobody' | 'tidegate' | 'annotator';

interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** Pods that land at once, and some more one after the other. */
export interface Landing extends Landed {
  /** Of one bind, at the client. */
  readonly bindMs: Quantiles;
  readonly aloneMs: Quantiles;
  readonly bindsPerSecond: number;
}

let batch = 0;

const virtual = ['vn-1', 'vn-2', 'vn-3', 'vn-4'];
const alone = 200;

/** Lands so many pods at once and waits until they are marked, where somebody marks; a minute at most. */
export async function land(cluster: Cluster, count: number, marker: Marker): Promise<Landing> {
  const { api, access } = cluster;
  // On an ordinary node, so that nobody has to catch up with them later.
  const nodes = marker === 'nobody' ? ['w-1'] : virtual;
  const some = { ...access, nodes, ...(await unbound(cluster, alone)) };
  const alones = await bindAll({ ...some, inFlight: 1 });
  const all = { ...access, nodes, ...(await unbound(cluster, count)) };
  await api.tell('reset', undefined);
  const begun = performance.now();
  const took = await bindAll({ ...all, inFlight: 64 });
  const seconds = (performance.now() - begun) / 1000;
  let landed = await api.tell('landed', undefined);
  for (let waited = 0; waited < 60_000 && marker !== 'nobody' && landed.marked < count; waited += 100) {
    await sleep(100);
    landed = await api.tell('landed', undefined);
  }
  return { ...landed, bindMs: quantiles(took), aloneMs: quantiles(alones), bindsPerSecond: count / seconds };
}

/** New pods, of which everybody who watches has heard. */
async function unbound(
  { api }: Cluster,
  count: number,
): Promise<{ readonly prefix: string; readonly count: number }> {
  batch += 1;
  const prefix = `batch-${batch}`;
  await api.tell('pods', { prefix, count, bound: false });
  await sleep(500);
  return { prefix, count };
}

const quantiles = (values: readonly number[]): Quantiles => ({
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
});

/** In turns: nobody, the webhook, a plain annotator. */
export async function landings(
  cluster: Cluster,
  webhook: Webhook,
  { rounds, count }: { readonly rounds: number; readonly count: number },
): Promise<Readonly<Record<Marker, readonly Landing[]>>> {
  const found: Record<Marker, Landing[]> = { nobody: [], tidegate: [], annotator: [] };
  // Warms up the API server and the webhook.
  await webhook.call(true);
  await land(cluster, count, 'tidegate');
  for (let round = 0; round < rounds; round += 1) {
    found.tidegate.push(await land(cluster, count, 'tidegate'));
    await webhook.call(false);
    found.nobody.push(await land(cluster, count, 'nobody'));
    const annotator = await startAnnotator(cluster, `annotator-${round}.log`);
    found.annotator.push(await land(cluster, count, 'annotator'));
    await annotator.stop();
    await webhook.call(true);
  }
  await webhook.call(false);
  return found;
}

/** What a repair of so many pods took. */
export interface Repair extends Landed {
  readonly cpuSeconds: number | undefined;
}

/** The webhook is away; a process that marks is there. */
export async function repair(
  cluster: Cluster,
  start: (cluster: Cluster, log: string) => Promise<Child>,
  count: number,
): Promise<Repair> {
  const child = await start(cluster, `repair-${start.name}.log`);
  const before = cpuSeconds(child.pid);
  const landed = await land(cluster, count, 'annotator');
  const after = cpuSeconds(child.pid);
  await child.stop();
  return { ...landed, cpuSeconds: before === undefined || after === undefined ? undefined : after - before };
}

/** A process that has listed all pods of a cluster and then seen each of some change its status. */
export interface Held {
  readonly syncSeconds: number;
  readonly syncCpuSeconds: number | undefined;
  readonly rssMB: number | undefined;
  readonly peakMB: number | undefined;
  /** CPU for 5,000 changes of status that mean nothing to a mark. */
  readonly eventCpuSeconds: number | undefined;
}

export const changes = 5000;
let round = 0;

export async function hold(
  cluster: Cluster,
  start: (cluster: Cluster, log: string) => Promise<Child>,
  prefix: string,
): Promise<Held> {
  const begun = performance.now();
  const child = await start(cluster, `hold-${prefix}-${start.name}.log`);
  const syncSeconds = (performance.now() - begun) / 1000;
  const syncCpuSeconds = cpuSeconds(child.pid);
  await sleep(3000);
  const before = cpuSeconds(child.pid) ?? Number.NaN;
  round += 1;
  await cluster.api.tell('status', { prefix, count: changes, round });
  await sleep(1000);
  const used = memory(child.pid);
  const eventCpuSeconds = (cpuSeconds(child.pid) ?? Number.NaN) - before;
  await child.stop();
  return { syncSeconds, syncCpuSeconds, rssMB: used?.now, peakMB: used?.peak, eventCpuSeconds };
}

export { startAnnotator, startControllers };
