import type { Client } from '../../kube/client.js';
import type { Clock, Random } from '../../telemetry/clock.js';
import { createSimClock } from '../clock.js';
import { createDoor } from '../controllers/door.js';
import type { Door } from '../controllers/door.js';
import { startAutoscaler } from '../controllers/hpa/index.js';
import type { Autoscaled } from '../controllers/hpa/index.js';
import { leaseRenewMs } from '../controllers/node-lifecycle/decide.js';
import type { Node, Pod } from '../controllers/objects.js';
import { createStock } from '../kubelets/decide.js';
import type { Stock } from '../kubelets/decide.js';
import { startKubelet } from '../kubelets/kubelet.js';
import type { Kubelet } from '../kubelets/kubelet.js';
import { startLife } from '../life.js';
import { createRandom } from '../random.js';
import { childOf } from '../store/object.js';
import { Store } from '../store/store.js';
import { scenarioClient } from './client.js';
import { namesOf, nodeObject, workloadObject } from './objects.js';
import { startRecording } from './record.js';
import type { Recording } from './record.js';
import type { NodeGroup, Scenario, ScenarioEvent } from './schema.js';
import { admitBy } from './tidegate.js';
import type { Asked, Webhook } from './tidegate.js';
import { startTrace } from './trace.js';
import type { Trace } from './trace.js';

export interface Result {
  readonly scenario: Scenario;
  readonly trace: Trace;
  readonly recording: Recording;
  readonly asked: readonly Asked[];
  readonly door: Door;
}

export interface RunOptions {
  /** Made when the cluster is there: it may look at nodes and pods. Undefined: the cluster without tidegate. */
  readonly tidegate?: ((door: Door, clock: Clock) => Webhook) | undefined;
  /** Starts a scheduler beside kube-scheduler, for the pods that name it; it runs until the signal aborts. */
  readonly scheduler?:
    | ((
        deps: { readonly client: Client; readonly clock: Clock; readonly random: Random },
        signal: AbortSignal,
      ) => void)
    | undefined;
  /** Told a hundred times, with the share of the length that has passed. */
  readonly onProgress?: (share: number) => void;
}

/** How many parts a run is cut into, for progress and for the timeline. */
export const slices = 100;

/** Runs a scenario from its start to its end on a clock of its own. Equal input gives an equal result. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<Result> {
  const { spec } = scenario;
  const clock = createSimClock(spec.start);
  const random = createRandom(spec.seed);
  // Nobody resumes a watch in a scenario.
  const store = new Store({ clock, historyMs: 1000, historyEvents: 100 });
  const webhook: { current: Webhook | undefined } = { current: undefined };
  const { admission, asked } = admitBy(webhook, new Set(spec.optedIn));
  const door = createDoor({ store, clock, random, admit: admission });
  webhook.current = options.tidegate?.(door, clock);

  const trace = startTrace(door, clock);
  const recording = startRecording(door, clock);
  const leases = new Map<string, number>();
  startLife({
    door,
    clock,
    random,
    manager: { limits: spec.controllerManager, workers: spec.controllerManager.workers },
    scheduler: { limits: spec.scheduler, cycleMs: spec.scheduler.cycle },
    renewedAt: (node) => leases.get(node),
    onScaleDown: recording.scaledDown,
  });
  const end = startScheduler(options, door, { clock, random });
  const stock = createStock();
  for (const { zone, size, left } of spec.stock) stock.set(zone, size, left);
  const nodes = startNodes({ scenario, door, clock, stock, leases, random, trace });
  for (const group of spec.workloads) {
    const resource = group.type === 'CronJob' ? 'cronjobs.batch' : 'deployments.apps';
    for (const name of namesOf(group)) door.create(resource, workloadObject(group, name));
  }
  startAutoscaler({ door, clock }, autoscaled(scenario));
  for (const event of spec.events) {
    clock.after(event.at, () => {
      happen(event, { door, stock, nodes });
    });
  }
  for (let i = 1; i <= slices; i += 1) {
    await clock.run(spec.start + (spec.length * i) / slices);
    recording.sample();
    options.onProgress?.(i / slices);
  }
  end();
  return { scenario, trace, recording, asked, door };
}

/** The answer ends it. */
function startScheduler(
  { scheduler }: RunOptions,
  door: Door,
  deps: { readonly clock: Clock; readonly random: Random },
): () => void {
  const end = new AbortController();
  scheduler?.({ client: scenarioClient(door, deps.clock), ...deps }, end.signal);
  return () => {
    end.abort();
  };
}

interface NodesDeps {
  readonly scenario: Scenario;
  readonly door: Door;
  readonly clock: Clock;
  readonly stock: Stock;
  readonly leases: Map<string, number>;
  readonly random: () => number;
  readonly trace: Trace;
}

interface RunningNode {
  readonly kubelet: Kubelet;
  isDown: boolean;
}

function startNodes(deps: NodesDeps): ReadonlyMap<string, RunningNode> {
  const { scenario, door, clock, leases } = deps;
  const nodes = new Map<string, RunningNode>();
  const images = new Map<string, Set<string>>();
  for (const group of scenario.spec.nodes) {
    for (const name of namesOf(group)) {
      door.create('nodes', nodeObject(group, name));
      nodes.set(name, { kubelet: startKubelet(kubeletDeps(deps, group, name, images)), isDown: false });
    }
  }
  const renew = (): void => {
    for (const [name, { isDown }] of nodes) if (!isDown) leases.set(name, clock.now());
    clock.after(leaseRenewMs, renew);
  };
  renew();
  return nodes;
}

function kubeletDeps(
  { door, clock, random, stock, trace }: NodesDeps,
  group: NodeGroup,
  node: string,
  images: Map<string, Set<string>>,
): Parameters<typeof startKubelet>[0] {
  const times = { coldMs: group.coldStart, warmMs: group.warmStart, jitter: group.jitter };
  const onAccepted = (pod: Pod): void => {
    trace.accepted(pod);
  };
  const common = { door, clock, random, node, times, onAccepted };
  if (group.provider === undefined) return common;
  const kept = images.get(group.provider) ?? new Set<string>();
  images.set(group.provider, kept);
  const isEci = group.provider === 'alibaba-eci';
  return {
    ...common,
    cloud: {
      zone: group.zone,
      stock,
      acceptance: group.acceptance,
      images: kept,
      ...(isEci ? { outOfStock: { type: 'ContainerInstanceCreated', reason: 'NoStock' } } : {}),
    },
  };
}

interface World {
  readonly door: Door;
  readonly stock: Stock;
  readonly nodes: ReadonlyMap<string, RunningNode>;
}

function happen(event: ScenarioEvent, { door, stock, nodes }: World): void {
  if (event.stock !== undefined) stock.set(event.stock.zone, event.stock.size, event.stock.left);
  if (event.rollout !== undefined) rollOut(door, event.rollout);
  setDown(nodes, event.down, true);
  setDown(nodes, event.up, false);
  cordon(door, event.cordon, true);
  cordon(door, event.uncordon, false);
}

function rollOut(door: Door, { namespace, deployment, image }: NonNullable<ScenarioEvent['rollout']>): void {
  for (const found of door.all('deployments.apps')) {
    const { metadata } = found;
    const fits = metadata.name === deployment || metadata.name.startsWith(`${deployment}-`);
    if (metadata.namespace !== namespace || !fits) continue;
    door.update('deployments.apps', found, (draft) => {
      const template = childOf(childOf(draft, 'spec'), 'template');
      const { containers } = childOf(template, 'spec');
      if (Array.isArray(containers))
        for (const container of containers) Object.assign(container ?? {}, { image });
    });
  }
}

function setDown(nodes: World['nodes'], name: string | undefined, isDown: boolean): void {
  const node = name === undefined ? undefined : nodes.get(name);
  if (node === undefined) return;
  node.isDown = isDown;
  node.kubelet.setDown(isDown);
}

function cordon(door: Door, name: string | undefined, unschedulable: boolean): void {
  const node: Node | undefined = name === undefined ? undefined : door.get('nodes', '', name);
  if (node === undefined) return;
  door.update('nodes', node, (draft) => {
    childOf(draft, 'spec')['unschedulable'] = unschedulable;
  });
}

function autoscaled({ spec }: Scenario): readonly Autoscaled[] {
  return spec.workloads.flatMap((group) => {
    if (group.type !== 'Deployment' || group.traffic === undefined) return [];
    const { points, perPod, min, max } = group.traffic;
    const load = (now: number): number => curve(points, now - spec.start);
    return namesOf(group).map((name) => ({
      namespace: group.namespace,
      deployment: name,
      perPod,
      min,
      max,
      load,
    }));
  });
}

/** Straight lines between the points, level before the first and after the last. */
export function curve(points: readonly { readonly at: number; readonly load: number }[], at: number): number {
  const after = points.findIndex((point) => point.at > at);
  const [a, b] = [points.at(after === -1 ? -1 : Math.max(0, after - 1)), points[after]];
  if (a === undefined) return 0;
  if (b === undefined || b.at === a.at || at < a.at) return a.load;
  return a.load + ((b.load - a.load) * (at - a.at)) / (b.at - a.at);
}
