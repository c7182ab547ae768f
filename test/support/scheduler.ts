import { onTestFinished } from 'vitest';
import { createRunner, type Runner } from '../../src/controllers/runner.js';
import type { JsonObject } from '../../src/objects/json.js';
import { applyPatch } from '../../src/placement/apply.js';
import type { Operation } from '../../src/placement/patch.js';
import { createScheduler, type Scheduler } from '../../src/scheduler/index.js';
import type { BreakerStanding } from '../../src/scheduler/breaker.js';
import type { SchedulerObserver } from '../../src/scheduler/observer.js';
import { createAdmission } from '../../src/sim/admission/chain.js';
import { createDoor as createApiDoor, type Door as ApiDoor } from '../../src/sim/api/door.js';
import { createSimClock, type SimClock } from '../../src/sim/clock.js';
import { createDoor, type Door } from '../../src/sim/controllers/door.js';
import { startJobs } from '../../src/sim/controllers/job/index.js';
import type { Pod } from '../../src/sim/controllers/objects.js';
import { startPodGc } from '../../src/sim/controllers/pod-gc/index.js';
import { startGarbageCollector } from '../../src/sim/controllers/garbage.js';
import { createCore } from '../../src/sim/core.js';
import { createStock, type Stock } from '../../src/sim/kubelets/decide.js';
import { startKubelet } from '../../src/sim/kubelets/kubelet.js';
import { createRandom } from '../../src/sim/random.js';
import { copy } from '../../src/sim/store/object.js';
import type { Draft } from '../../src/sim/store/object.js';
import { DefinitionKeeper } from '../../src/sim/upkeep/definitions.js';
import { admitPodStatus } from '../../src/webhook/pod-status.js';
import { inProcessClient, type InProcessClient, type InProcessOptions } from './in-process-client.js';
import { midnight } from './life.js';

/** A cluster on a simulated clock for the job scheduler: nodes of two clouds, Jobs, kubelets with a stock. */
export interface SchedulerCluster {
  readonly clock: SimClock;
  readonly api: ApiDoor;
  readonly door: Door;
  /** What each cloud has left; zones are those of `addNode`. */
  readonly stock: Readonly<Record<'eci' | 'tke', Stock>>;
  pass(seconds: number): Promise<void>;
  addNode(name: string, more?: NodeOptions): Promise<void>;
  addPods(count: number, spec?: JsonObject, prefix?: string): Promise<void>;
  addJobs(count: number, spec?: JsonObject, template?: JsonObject, prefix?: string): Promise<void>;
  start(identity?: string, options?: StartOptions): RunningScheduler;
  pods(): readonly Pod[];
  /** How many pods each node has, by name. */
  spread(): Readonly<Record<string, number>>;
  /** How often a Binding succeeded for each pod, by uid. */
  readonly binds: ReadonlyMap<string, number>;
}

export interface NodeOptions {
  readonly cloud?: 'eci' | 'tke';
  readonly zone?: string;
  readonly cpu?: string;
  readonly pods?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly JsonObject[];
  /** No kubelet runs there. */
  readonly mute?: boolean;
}

export interface StartOptions extends InProcessOptions {
  readonly observer?: Partial<SchedulerObserver>;
  readonly inFlight?: number;
  readonly headroom?: number;
  /** Milliseconds that its wall clock is ahead. */
  readonly aheadMs?: number;
}

export interface RunningScheduler {
  readonly scheduler: Scheduler;
  readonly runner: Runner;
  readonly client: InProcessClient;
  readonly events: readonly string[];
  readonly unschedulable: readonly string[];
  readonly breakers: readonly BreakerStanding[];
  stop(): Promise<void>;
  kill(): void;
}

export const schedulerName = 'tidegate-scheduler';

const identities = {
  eci: {
    labels: { type: 'virtual-kubelet' },
    taint: { key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' },
  },
  tke: {
    labels: { 'node.kubernetes.io/instance-type': 'eklet' },
    taint: { key: 'eks.tke.cloud.tencent.com/eklet', effect: 'NoSchedule' },
  },
} as const;

/** To both clouds, and to ordinary nodes. */
export const anywhere: JsonObject = {
  tolerations: [
    { key: 'virtual-kubelet.io/provider', operator: 'Exists' },
    { key: 'eks.tke.cloud.tencent.com/eklet', operator: 'Exists' },
  ],
};

/** What the webhook puts into Jobs that ask for this scheduler. */
export const ignoringDisruptions: JsonObject = {
  podFailurePolicy: {
    rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
  },
};

export async function schedulerCluster(seed = 1): Promise<SchedulerCluster> {
  const clock = createSimClock(midnight);
  const random = createRandom(seed);
  const core = createCore({ clock, random }, createAdmission());
  const door = createDoor({ store: core.store, clock, random, admit: freeRetry });
  const api = createApiDoor(core);
  const end = new AbortController();
  const definitions = new DefinitionKeeper(core);
  onTestFinished(() => {
    end.abort();
    definitions.stop();
  });
  const stock = { eci: createStock(), tke: createStock() };
  const images = new Set<string>();
  const binds = new Map<string, number>();
  door.watch('pods', ({ object, previous }) => {
    const isBind = object.spec.nodeName !== undefined && previous?.spec.nodeName !== object.spec.nodeName;
    if (isBind && previous !== undefined) {
      const { uid } = object.metadata;
      binds.set(uid, (binds.get(uid) ?? 0) + 1);
    }
  });
  await api.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps' } });
  const manager = { door, clock, random, limits: { qps: 5000, burst: 5000 }, workers: 16 };
  startJobs(manager);
  startPodGc(manager);
  startGarbageCollector(manager);

  return {
    ...{ clock, api, door, stock, binds },
    pass: (seconds) => clock.run(clock.now() + seconds * 1000),
    async addNode(name, more = {}) {
      const { cloud, zone = 'a', cpu = '10000', pods = '10000', labels = {}, taints = [] } = more;
      const identity = cloud && identities[cloud];
      const spec = { taints: [...(identity ? [identity.taint] : []), ...taints] };
      const metadata = {
        name,
        labels: { ...identity?.labels, 'topology.kubernetes.io/zone': zone, ...labels },
      };
      await api.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata, spec });
      // The plug-in TaintNodesByCondition has added not-ready.
      await api.patch('nodes', '', name, { spec });
      const status = {
        allocatable: { cpu, memory: '100Ti', 'ephemeral-storage': '100Ti', pods },
        conditions: [{ type: 'Ready', status: 'True' }],
      };
      await api.patch('nodes', '', name, { status }, { subresource: 'status' });
      if (more.mute === true) return;
      const behind = cloud && {
        ...{ zone, images, stock: stock[cloud] },
        acceptance: { burst: 100, perSecond: 20 },
      };
      const times = { coldMs: 2000, warmMs: 1000, jitter: 0.2 };
      startKubelet({ door, clock, random, node: name, times, jobMs: 5000, ...(behind && { cloud: behind }) });
    },
    async addPods(count, spec = anywhere, prefix = 'pod') {
      for (let i = 0; i < count; i += 1) {
        const metadata = { name: `${prefix}-${i}`, namespace: 'apps' };
        await api.create('pods', {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata,
          spec: podSpec(spec),
        });
      }
    },
    async addJobs(count, spec = ignoringDisruptions, template = anywhere, prefix = 'job') {
      for (let i = 0; i < count; i += 1) {
        const metadata = { name: `${prefix}-${i}`, namespace: 'apps' };
        const body = {
          backoffLimit: 0,
          ...spec,
          template: { spec: podSpec({ restartPolicy: 'Never', ...template }) },
        };
        await api.create('jobs.batch', { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: body });
      }
    },
    start: (identity = 'one', options = {}) => start(identity, options),
    pods: () => door.all('pods').filter(({ metadata }) => metadata.namespace === 'apps'),
    spread() {
      const counts: Record<string, number> = {};
      for (const { spec } of door.all('pods')) {
        if (spec.nodeName !== undefined) counts[spec.nodeName] = (counts[spec.nodeName] ?? 0) + 1;
      }
      return counts;
    },
  };

  function start(identity: string, options: StartOptions): RunningScheduler {
    const client = inProcessClient(core, options);
    const { aheadMs = 0 } = options;
    const ownClock = { ...clock, now: () => clock.now() + aheadMs };
    const own = new AbortController();
    const events: string[] = [];
    const unschedulable: string[] = [];
    const breakers: BreakerStanding[] = [];
    const note =
      (what: string) =>
      ({ name }: { readonly name: string }, because: unknown = '') => {
        events.push(`${what} ${name} ${String(because)}`.trim());
      };
    const ignore = () => undefined;
    const scheduler = createScheduler({
      ...{ client, binds: client, clock: ownClock, random, name: schedulerName },
      pool: { key: 'tidegate.io/fallback', value: 'enabled' },
      headroom: options.headroom ?? 0.1,
      noProgressMs: 60_000,
      inFlight: options.inFlight ?? 64,
      marksOf: () => ({}),
      observer: {
        ...{
          fault: ignore,
          queue: ignore,
          accepted: ignore,
          started: ignore,
          dropped: ignore,
          bound: ignore,
          left: ignore,
        },
        breaker: (standing) => breakers.push(standing),
        notBound: (pod, _, result) => {
          note(`not bound, ${result.kind}:`)(pod);
        },
        unschedulable: ({ name }, because) => unschedulable.push(`${name}: ${because}`),
        refused: (pod) => {
          note('refused')(pod, pod.because);
        },
        rescued: note('rescued'),
        stays: (pod, _, why) => {
          note('stays')(pod, why);
        },
        rescueFailed: (pod, error) => {
          note('rescue failed')(pod, error);
        },
        ...options.observer,
      },
    });
    const lease = { namespace: 'default', name: schedulerName, identity };
    const runner = createRunner({
      ...{ client, clock, random, lease, controllers: [scheduler], onLeading: ignore, onFault: ignore },
    });
    const running = runner.run(AbortSignal.any([own.signal, end.signal]));
    return {
      ...{ scheduler, runner, client, events, unschedulable, breakers },
      async stop() {
        own.abort();
        await running;
      },
      kill() {
        client.kill();
        own.abort();
      },
    };
  }
}

const podSpec = (spec: JsonObject): JsonObject => ({
  schedulerName,
  containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu: '1', memory: '1Gi' } } }],
  ...spec,
});

/** The webhook on pods/status, as the API server calls it. */
function freeRetry(resource: string, subresource: string, draft: Draft): void {
  if (resource !== 'pods' || subresource !== 'status') return;
  const request = {
    uid: 'review',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: 'status',
    operation: 'UPDATE',
    namespace: 'apps',
    name: 'pod',
    dryRun: false,
    userInfo: { username: 'system:node' },
    object: copy(draft) as JsonObject,
  };
  const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
  const snapshot = { observe: false, namespaceLabels: () => undefined };
  const { verdict } = admitPodStatus(body, { snapshot, now: midnight });
  if (verdict.patch !== '') applyPatch(draft, JSON.parse(verdict.patch) as Operation[]);
}
