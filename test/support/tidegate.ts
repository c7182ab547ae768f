import { onTestFinished } from 'vitest';
import { createRunner, type Runner } from '../../src/controllers/runner.js';
import { createScaleIn, type ScaleInObserver } from '../../src/controllers/scale-in/index.js';
import { createClient, type Client } from '../../src/kube/client.js';
import { resources } from '../../src/kube/resource.js';
import { createTransport } from '../../src/kube/transport.js';
import type { Snapshot } from '../../src/placement/snapshot.js';
import { createAuthority } from '../../src/sim/wire/certificate.js';
import { bindingFacts } from '../../src/sources/binding.js';
import { createClusterView } from '../../src/sources/cluster.js';
import { systemClock, systemRandom } from '../../src/telemetry/clock.js';
import { createLogger } from '../../src/telemetry/logger.js';
import { admissionMetrics, createRegistry, scaleInMetrics } from '../../src/telemetry/metrics.js';
import { webhookConfiguration } from '../../src/webhook/configuration.js';
import { createDecide, createDecideBinding, createDecidePodStatus } from '../../src/webhook/decide.js';
import { createHandler } from '../../src/webhook/handler.js';
import type { Observation } from '../../src/webhook/observe.js';
import { createWebhookServer } from '../../src/webhook/server.js';
import { listen } from './https.js';

/** An API server, of the box or a real one. */
export interface ApiServer {
  readonly url: string;
  /** PEM. */
  readonly caBundle: string;
  readonly token: string;
}

const ignore = (): undefined => undefined;

const connectionOf = ({ url, token, caBundle }: ApiServer) => ({
  server: url,
  namespace: 'default',
  access: () => Promise.resolve({ headers: { authorization: `Bearer ${token}` }, tls: { ca: caBundle } }),
  renew: ignore,
});

/** For what a test does itself: in no hurry to hold back. */
export function clientOf(api: ApiServer): Client {
  const transport = createTransport(connectionOf(api));
  onTestFinished(() => transport.close());
  const limits = { writes: { perSecond: 1000, burst: 2000, inFlight: 64 } };
  return createClient({ transport, clock: systemClock, random: systemRandom, limits });
}

/**
 * The webhook, as the API server calls it at `host`, in this process, by a configuration of that name. Answers what
 * takes it away again.
 */
export async function startMarkingOn(
  api: ApiServer,
  snapshot: () => Snapshot,
  {
    name = 'tidegate',
    host = '127.0.0.1',
    observe = ignore,
  }: {
    readonly name?: string;
    readonly host?: string;
    /** What is told of each review. */
    readonly observe?: (observation: Observation) => void;
  } = {},
): Promise<() => Promise<void>> {
  const client = clientOf(api);
  const stop = new AbortController();
  const view = createClusterView({ client, clock: systemClock, random: systemRandom, pendingPods: true });
  const watching = view.run(stop.signal);
  const registry = createRegistry({ version: 'test' });
  const handler = (decide: ReturnType<typeof createDecide>) =>
    createHandler({ decide, observe, clock: systemClock });
  const authority = createAuthority(Date.now());
  const { certificate: cert, key } = authority.server([host]);
  const { server } = createWebhookServer({
    routes: {
      '/mutate': handler(createDecide(snapshot)),
      '/mutate/binding': handler(createDecideBinding(snapshot, bindingFacts(view), scaleInMetrics(registry))),
      '/mutate/pod-status': handler(createDecidePodStatus(snapshot, systemClock)),
    },
    tls: { cert, key },
    log: createLogger({ component: 'test', level: 'silent' }),
    metrics: admissionMetrics(registry),
  });
  const url = `https://${host}:${await listen(server)}`;
  const caBundle = authority.certificate;
  const configuration = webhookConfiguration({ name, url, caBundle, scheduler: true });
  await client.create(resources.mutatingWebhooks, {}, configuration);
  while (!view.hasSynced) await systemClock.sleep(10);
  onTestFinished(async () => {
    stop.abort();
    await watching;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return async () => {
    await client.delete(resources.mutatingWebhooks, { name });
  };
}

export interface RunningController {
  readonly runner: Runner;
  /** The process ends in good order. */
  stop(): Promise<void>;
  /** The process dies: nothing it does reaches the API server any more. */
  kill(): Promise<void>;
  /** Tells it that other policies serve. */
  changed(): void;
}

/** `tidegate controllers`, in this process. Its lease is ten times as short as a real one's. */
export function startControllerOn(
  api: ApiServer,
  snapshot: () => Snapshot,
  {
    identity = 'one',
    leaseName = 'tidegate-controllers',
    observer = {},
  }: {
    readonly identity?: string;
    readonly leaseName?: string;
    readonly observer?: Partial<ScaleInObserver>;
  } = {},
): RunningController {
  const stop = new AbortController();
  const transport = createTransport(connectionOf(api));
  const client = createClient({ transport, clock: systemClock, random: systemRandom });
  const parts = { client, clock: systemClock, random: systemRandom };
  const view = createClusterView({ ...parts, pendingPods: false });
  const listeners: (() => void)[] = [];
  const scaleIn = createScaleIn({
    ...parts,
    nodes: view.nodes,
    rivals: view.rivals,
    isSynced: () => view.hasSynced,
    snapshot,
    onSnapshot: (listener) => {
      listeners.push(listener);
      view.onNamespace(listener);
    },
    observer: {
      ...{ done: ignore, marked: ignore, failed: ignore, fault: ignore },
      ...{ waiting: ignore, leftAlone: ignore, conflict: ignore },
      ...observer,
    },
  });
  const durations = { leaseMs: 1500, renewMs: 1000, retryMs: 200 };
  const lease = { namespace: 'default', name: leaseName, identity, durations };
  const runner = createRunner({
    ...parts,
    controllers: [scaleIn],
    lease,
    onLeading: ignore,
    onFault: ignore,
  });
  const running = Promise.all([view.run(stop.signal), runner.run(stop.signal)]);
  const end = async () => {
    stop.abort();
    await running;
    await transport.close();
  };
  onTestFinished(end);
  return {
    runner,
    stop: end,
    kill: () => transport.close(),
    changed: () => {
      for (const listener of listeners) listener();
    },
  };
}
