import { onTestFinished } from 'vitest';
import { createRunner, type Runner } from '../../src/controllers/runner.js';
import { createScaleIn } from '../../src/controllers/scale-in/index.js';
import type { JsonObject } from '../../src/objects/json.js';
import { applyPatch } from '../../src/placement/apply.js';
import type { Operation } from '../../src/placement/patch.js';
import type { Snapshot } from '../../src/placement/snapshot.js';
import { createAdmission } from '../../src/sim/admission/chain.js';
import type { AdmissionChain, Core } from '../../src/sim/api/call.js';
import { createDoor as createApiDoor, type Door as ApiDoor } from '../../src/sim/api/door.js';
import { createSimClock, type SimClock } from '../../src/sim/clock.js';
import { createDoor, type Door } from '../../src/sim/controllers/door.js';
import { controllerManagerDefaults } from '../../src/sim/controllers/loop.js';
import type { Pod } from '../../src/sim/controllers/objects.js';
import { createCore } from '../../src/sim/core.js';
import { startKubelet } from '../../src/sim/kubelets/kubelet.js';
import { startLife } from '../../src/sim/life.js';
import { createRandom } from '../../src/sim/random.js';
import { copy } from '../../src/sim/store/object.js';
import type { Draft } from '../../src/sim/store/object.js';
import { DefinitionKeeper } from '../../src/sim/upkeep/definitions.js';
import { bindingFacts } from '../../src/sources/binding.js';
import { createClusterView } from '../../src/sources/cluster.js';
import { admitBinding } from '../../src/webhook/binding.js';
import { inProcessClient, type InProcessClient, type InProcessOptions } from './in-process-client.js';
import { midnight } from './life.js';

/**
 * A whole cluster on a simulated clock, in one process: the API server of the box, the built-in controllers with the
 * exact ranking, a scheduler, kubelets; and tidegate's webhook and controllers as they run outside, each with its own
 * client and its own watches.
 */
export interface SimCluster {
  readonly clock: SimClock;
  readonly core: Core;
  readonly api: ApiDoor;
  /** What the built-in controllers see. */
  readonly door: Door;
  /** Serves, or is away. */
  webhook: { isUp: boolean };
  /** Moves on by so many seconds. */
  pass(seconds: number): Promise<void>;
  addNode(
    name: string,
    cpu: string,
    kind?: 'ordinary' | 'virtual',
    labels?: Record<string, string>,
  ): Promise<void>;
  startController(identity?: string, options?: InProcessOptions): SimController;
  /** The client of the webhook's watches. */
  readonly webhookClient: InProcessClient;
  /** Pods of a ReplicaSet `web` that nobody acts on, not bound yet. */
  addPods(names: readonly string[], annotations?: Record<string, string>, nodeName?: string): Promise<void>;
  bind(pod: string, node: string): Promise<void>;
  pod(name: string): Pod;
  /** Deletion cost of a pod, and its companion. */
  mark(name: string): readonly [cost: string | undefined, companion: string | undefined];
  /** Pods of the namespace `apps` that are not being deleted. */
  pods(): readonly Pod[];
}

export interface SimController {
  readonly client: InProcessClient;
  readonly runner: Runner;
  /** The process ends in good order. */
  stop(): Promise<void>;
  /** The process dies in the middle of what it does. */
  kill(): void;
  /** Tells it that other policies serve. */
  changed(): void;
  /** What it told of conflicts: `Deployment web cost-of-karpenter`. */
  readonly conflicts: readonly string[];
  /** Seconds from bind to mark, of its first marks. */
  readonly marked: readonly number[];
  /** Names of the pods that it patched, in order. */
  readonly patched: () => readonly string[];
}

export interface SimOptions {
  readonly seed: number;
  readonly snapshot: () => Snapshot;
  /** Whether a Deployment's pods are run: scheduler, kubelets, controllers. Default true. */
  readonly life?: boolean;
}

export async function simCluster({ seed, snapshot, life = true }: SimOptions): Promise<SimCluster> {
  const clock = createSimClock(midnight);
  const random = createRandom(seed);
  const webhook = { isUp: true };
  const marking: { current: ((binding: Draft, namespace: string, name: string) => void) | undefined } = {
    current: undefined,
  };
  const mark = (binding: Draft, namespace: string, name: string): void => {
    if (webhook.isUp) marking.current?.(binding, namespace, name);
  };
  const core = createCore({ clock, random }, chainOf(mark));
  const { store } = core;
  const door = createDoor({
    store,
    clock,
    random,
    admit: (resource, subresource, object) => {
      if (resource !== 'pods' || subresource !== 'binding') return;
      const { namespace, name } = object['metadata'] as { readonly namespace: string; readonly name: string };
      mark(object, namespace, name);
    },
  });
  const api = createApiDoor(core);
  const end = new AbortController();
  const definitions = new DefinitionKeeper(core);
  onTestFinished(() => {
    end.abort();
    definitions.stop();
  });
  const webhookClient = inProcessClient(core);
  const view = createClusterView({ client: webhookClient, clock, random, pendingPods: true });
  void view.run(end.signal);
  marking.current = (binding, namespace, name) => {
    const context = { snapshot: snapshot(), ...bindingFacts(view) };
    const { review } = admitBinding(reviewOf(binding, namespace, name), context);
    const { patch } = review.response;
    if (patch !== undefined)
      applyPatch(binding, JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[]);
  };
  const labels = { 'tidegate.io/virtual-nodes': 'enabled' };
  await api.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'apps', labels } });
  if (life) {
    startLife({
      ...{ door, clock, random },
      manager: { ...controllerManagerDefaults, limits: { qps: 1000, burst: 1000 } },
      scheduler: { limits: { qps: 1000, burst: 1000 }, cycleMs: 1 },
      renewedAt: () => clock.now(),
    });
  }
  const podOf = (name: string): Pod => {
    const pod = door.get('pods', 'apps', name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    return pod;
  };
  const pass = (seconds: number): Promise<void> => clock.run(clock.now() + seconds * 1000);
  return {
    ...{ clock, core, api, door, webhook, webhookClient, pass },
    async addNode(name, cpu, kind = 'ordinary', more = {}) {
      const node = nodeObject(name, kind, more);
      await api.create('nodes', node);
      // The plug-in TaintNodesByCondition has added not-ready, which the model's node controller does not take off.
      await api.patch('nodes', '', name, { spec: node['spec'] });
      const allocatable = { cpu, memory: '1Ti', pods: '1000' };
      const conditions = [{ type: 'Ready', status: 'True' }];
      await api.patch('nodes', '', name, { status: { allocatable, conditions } }, { subresource: 'status' });
      const times = { coldMs: 2000, warmMs: 1000, jitter: 0.5 };
      if (life) startKubelet({ ...{ door, clock, random, times }, node: name });
    },
    async addPods(names, annotations = {}, nodeName) {
      const onNode = nodeName === undefined ? {} : { nodeName };
      for (const name of names) {
        const metadata = { name, namespace: 'apps', labels: { app: 'web' }, annotations, ownerReferences };
        const spec = { containers: [{ name: 'main', image: 'app:1' }], schedulerName: 'nobody' };
        const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, ...onNode } };
        await api.create('pods', pod, { fieldManager: 'kube-controller-manager' });
      }
    },
    bind: (pod, node) => api.bind('apps', pod, node),
    pod: podOf,
    mark(name) {
      const { annotations = {} } = podOf(name).metadata;
      return [
        annotations['controller.kubernetes.io/pod-deletion-cost'],
        annotations['tidegate.io/deletion-cost-by'],
      ];
    },
    startController: (identity = 'one', options = {}) =>
      startController({ ...{ core, clock, random, snapshot, identity, options }, signal: end.signal }),
    pods: () =>
      door
        .all('pods')
        .filter(({ metadata }) => metadata.namespace === 'apps' && metadata.deletionTimestamp === undefined),
  };
}

function startController({
  core,
  clock,
  random,
  snapshot,
  identity,
  options,
  signal,
}: {
  readonly core: Core;
  readonly clock: SimClock;
  readonly random: () => number;
  readonly snapshot: () => Snapshot;
  readonly identity: string;
  readonly options: InProcessOptions;
  readonly signal: AbortSignal;
}): SimController {
  const end = new AbortController();
  const client = inProcessClient(core, options);
  const parts = { client, clock, random };
  const view = createClusterView({ ...parts, pendingPods: false });
  const listeners: (() => void)[] = [];
  const conflicts: string[] = [];
  const marked: number[] = [];
  const ignore = () => undefined;
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
      ...{ done: ignore, failed: ignore, fault: ignore, waiting: ignore, leftAlone: ignore },
      marked: (ms) => marked.push(ms / 1000),
      conflict: ({ kind, name }, _, reason) => conflicts.push(`${kind} ${name} ${reason}`),
    },
  });
  const lease = { namespace: 'default', name: 'tidegate-controllers', identity };
  const runner = createRunner({
    ...parts,
    controllers: [scaleIn],
    lease,
    onLeading: ignore,
    onFault: ignore,
  });
  const both = AbortSignal.any([end.signal, signal]);
  const running = Promise.all([view.run(both), runner.run(both)]);
  return {
    client,
    runner,
    conflicts,
    marked,
    patched: () =>
      client.written.flatMap(({ verb, resource, key }) =>
        verb === 'patch' && resource === 'pods' ? [key.slice(key.indexOf('/') + 1)] : [],
      ),
    async stop() {
      end.abort();
      await running;
    },
    kill() {
      client.kill();
      end.abort();
    },
    changed() {
      for (const listener of listeners) listener();
    },
  };
}

/** Plug-ins and validation as ever; a Binding is put before the webhook. */
function chainOf(mark: (binding: Draft, namespace: string, name: string) => void): AdmissionChain {
  const chain = createAdmission();
  return {
    async mutate(core, review) {
      await chain.mutate(core, review);
      const { call, object } = review;
      if (call.subresource === 'binding' && object) mark(object, call.namespace, call.name);
    },
    validate: (core, review) => chain.validate(core, review),
  };
}

const reviewOf = (binding: Draft, namespace: string, name: string): JsonObject => ({
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'review',
    kind: { group: '', version: 'v1', kind: 'Binding' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    subResource: 'binding',
    operation: 'CREATE',
    namespace,
    name,
    dryRun: false,
    userInfo: { username: 'system:kube-scheduler' },
    object: copy(binding) as JsonObject,
  },
});

function nodeObject(name: string, kind: 'ordinary' | 'virtual', labels: Record<string, string>): JsonObject {
  const identity = kind === 'virtual' ? { type: 'virtual-kubelet' } : {};
  const taint = { key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { ...identity, 'kubernetes.io/hostname': name, ...labels } },
    spec: { taints: kind === 'virtual' ? [taint] : [] },
  };
}

const ownerReferences = [
  { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'uid-of-web', controller: true },
];

/** A Deployment whose pods prefer ordinary nodes and take virtual ones. */
export const overflowing = (
  name: string,
  replicas: number,
  more: { readonly schedulerName?: string; readonly image?: string } = {},
): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'apps' },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'main',
            image: more.image ?? 'app:1',
            resources: { requests: { cpu: '1', memory: '1Gi' } },
          },
        ],
        // The model's ReplicaSet controller does not fill in what the API server would.
        enableServiceLinks: true,
        ...(more.schedulerName === undefined ? {} : { schedulerName: more.schedulerName }),
        tolerations: [{ key: 'virtual-kubelet.io/provider', operator: 'Exists' }],
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 100,
                preference: {
                  matchExpressions: [{ key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] }],
                },
              },
            ],
          },
        },
      },
    },
  },
});
