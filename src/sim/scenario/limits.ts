import type { JsonObject } from '../../objects/json.js';
import { createSimClock } from '../clock.js';
import type { SimClock } from '../clock.js';
import { startCronJobs } from '../controllers/cronjob/index.js';
import { createDoor } from '../controllers/door.js';
import type { Door } from '../controllers/door.js';
import { startJobs } from '../controllers/job/index.js';
import { controllerManagerDefaults } from '../controllers/loop.js';
import type { ControllerDeps } from '../controllers/loop.js';
import { schedulerDefaults, startScheduler } from '../controllers/scheduler/index.js';
import { createStock } from '../kubelets/decide.js';
import { startKubelet, virtualKubeletAcceptance } from '../kubelets/kubelet.js';
import { createRandom } from '../random.js';
import { Store } from '../store/store.js';

/** One stage of a stock cluster by itself. */
export interface Limit {
  readonly stage: string;
  readonly setting: string;
  /** Milliseconds until the last of them is through. */
  readonly ms: number;
}

/** How long `count` of them take, all at once, in each stage alone. */
export async function stageLimits(count: number): Promise<readonly Limit[]> {
  const raised = { qps: 5000, burst: 10_000 };
  const bucket = 'burst 100, then 10/s a node';
  return [
    { stage: 'CronJob controller', setting: '20 QPS, burst 30, 5 workers', ms: await cronJobs(count) },
    { stage: 'Job controller', setting: '20 QPS, burst 30, 5 workers', ms: await jobs(count) },
    { stage: 'kube-scheduler', setting: '50 QPS, burst 100', ms: await scheduler(count, schedulerDefaults) },
    {
      stage: 'kube-scheduler, QPS raised',
      setting: 'one pod at a time, 3 ms each',
      ms: await scheduler(count, raised),
    },
    { stage: '1 virtual node', setting: bucket, ms: await kubelets(count, 1) },
    { stage: '10 virtual nodes', setting: bucket, ms: await kubelets(count, 10) },
    { stage: '50 virtual nodes', setting: bucket, ms: await kubelets(count, 50) },
  ];
}

interface Bench extends ControllerDeps {
  readonly clock: SimClock;
  /** When the last of them was through. */
  readonly mark: () => void;
  readonly end: () => Promise<number>;
}

const start = Date.UTC(2026, 0, 1);

function bench(): Bench {
  const clock = createSimClock(start);
  const random = createRandom(1);
  const door = createDoor({ store: new Store({ clock, historyMs: 0, historyEvents: 0 }), clock, random });
  let last = start;
  return {
    door,
    clock,
    random,
    ...controllerManagerDefaults,
    mark: () => {
      last = clock.now();
    },
    end: async () => {
      await clock.run(start + 3_600_000);
      return last - start;
    },
  };
}

async function cronJobs(count: number): Promise<number> {
  const deps = bench();
  startCronJobs(deps);
  deps.door.watch('jobs.batch', deps.mark);
  for (let i = 0; i < count; i += 1) {
    const spec = { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: podTemplate } } };
    // Due in the instant in which it is seen: the last run was a year ago.
    const status = { lastScheduleTime: '2025-01-01T00:00:00Z' };
    create(deps.door, 'cronjobs.batch', `cron-${i}`, { spec, status });
  }
  return deps.end();
}

async function jobs(count: number): Promise<number> {
  const deps = bench();
  startJobs(deps);
  deps.door.watch('pods', deps.mark);
  for (let i = 0; i < count; i += 1)
    create(deps.door, 'jobs.batch', `job-${i}`, { spec: { template: podTemplate } });
  return deps.end();
}

async function scheduler(count: number, limits: { qps: number; burst: number }): Promise<number> {
  const deps = bench();
  createNodes(deps.door, 10);
  startScheduler({ ...deps, limits, cycleMs: 3 });
  deps.door.watch('pods', ({ type }) => {
    if (type === 'MODIFIED') deps.mark();
  });
  for (let i = 0; i < count; i += 1) create(deps.door, 'pods', `pod-${i}`, podTemplate);
  return deps.end();
}

async function kubelets(count: number, nodes: number): Promise<number> {
  const deps = bench();
  const times = { coldMs: 0, warmMs: 0, jitter: 0 };
  const cloud = {
    zone: 'a',
    stock: createStock(),
    acceptance: virtualKubeletAcceptance,
    images: new Set<string>(),
  };
  for (const node of createNodes(deps.door, nodes))
    startKubelet({ ...deps, node, times, cloud, onAccepted: deps.mark });
  for (let i = 0; i < count; i += 1) {
    const pod = deps.door.create('pods', object('pods', `pod-${i}`, podTemplate));
    if (pod !== undefined) deps.door.bind(pod, `node-${i % nodes}`);
  }
  return deps.end();
}

const podTemplate = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'app' }] } };

function createNodes(door: Door, count: number): readonly string[] {
  const names = Array.from({ length: count }, (_, i) => `node-${i}`);
  const status = { allocatable: { cpu: '1M', memory: '1Ei', pods: '1M' } };
  for (const name of names)
    door.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name }, status });
  return names;
}

const kinds = { pods: 'Pod', 'jobs.batch': 'Job', 'cronjobs.batch': 'CronJob' } as const;

function create(door: Door, resource: keyof typeof kinds, name: string, rest: JsonObject): void {
  door.create(resource, object(resource, name, rest));
}

const object = (resource: keyof typeof kinds, name: string, rest: JsonObject): JsonObject => ({
  apiVersion: resource === 'pods' ? 'v1' : 'batch/v1',
  kind: kinds[resource],
  metadata: { namespace: 'apps', name },
  ...rest,
});
