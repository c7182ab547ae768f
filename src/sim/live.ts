import { strategyOf } from './admission/strategies.js';
import type { Call, Core } from './api/call.js';
import { recordUpdate } from './api/managed.js';
import { createDoor, type Admission } from './controllers/door.js';
import { controllerManagerDefaults } from './controllers/loop.js';
import { leaseRenewMs } from './controllers/node-lifecycle/decide.js';
import { schedulerDefaults } from './controllers/scheduler/index.js';
import { createStock } from './kubelets/decide.js';
import type { Kind } from './kinds/kind.js';
import { startKubelet, virtualKubeletAcceptance } from './kubelets/kubelet.js';
import { startLife } from './life.js';
import { nodeObject } from './scenario/objects.js';
import { nodeGroup } from './scenario/schema.js';

/** A node with a kubelet: as in a scenario's `nodes`, where what is left out has its default. */
export type LiveNode = Parameters<typeof nodeGroup>[0];

export interface LiveDeps {
  readonly core: Core;
  readonly nodes: readonly LiveNode[];
  /** Milliseconds that a pod of a Job runs which does not say it itself. */
  readonly jobMs: number;
}

/** Of kube-scheduler for one pod: about 300 a second (scheduler_perf's floor of its Basic case is 270). */
const cycleMs = 3;

/**
 * Makes nodes, and starts their kubelets, the built-in controllers and the scheduler, by the limits of a stock
 * cluster. They write straight to the store: no webhook is asked about what they write.
 */
export function startLive({ core, nodes, jobMs }: LiveDeps): void {
  const { store, clock, random } = core;
  const door = createDoor({ store, clock, random, admit: defaultsOf(core) });
  const leases = new Map<string, number>();
  startLife({
    door,
    clock,
    random,
    manager: controllerManagerDefaults,
    scheduler: { limits: schedulerDefaults, cycleMs },
    renewedAt: (node) => leases.get(node),
  });
  const images = new Set<string>();
  for (const given of nodes) {
    const group = nodeGroup(given);
    door.create('nodes', nodeObject(group, group.name));
    const times = { coldMs: group.coldStart, warmMs: group.warmStart, jitter: group.jitter };
    const cloud = {
      zone: group.zone,
      stock: createStock(),
      acceptance: virtualKubeletAcceptance,
      images,
    };
    const isVirtual = group.provider !== undefined;
    startKubelet({ door, clock, random, node: group.name, times, jobMs, ...(isVirtual ? { cloud } : {}) });
  }
  const renew = (): void => {
    for (const { name } of nodes) leases.set(name, clock.now());
    clock.after(leaseRenewMs, renew);
  };
  renew();
}

/**
 * What the API server would have put in: else the next write by somebody else would be taken to change it, and
 * nobody would be recorded for it.
 */
const defaultsOf =
  (core: Core): Admission =>
  (resource, subresource, object) => {
    const kind = core.kinds.named(resource);
    if (subresource !== '' || kind === undefined) return;
    strategyOf(kind).defaults?.(object);
    recordUpdate(core, controllerCall(kind), undefined, object);
  };

const controllerCall = (kind: Kind): Call => ({
  kind,
  subresource: '',
  namespace: '',
  name: '',
  user: { username: 'system:kube-controller-manager', groups: [] },
  dryRun: false,
  fieldValidation: 'Ignore',
  fieldManager: 'kube-controller-manager',
  warnings: [],
  audit: {},
  deadline: Infinity,
});
