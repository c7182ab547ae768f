import type { Clock, Random } from '../telemetry/clock.js';
import type { AdmissionChain, Core } from './api/call.js';
import { uuid } from './api/meta.js';
import { builtinKinds } from './kinds/catalog.js';
import { Kinds } from './kinds/kind.js';
import { timestamp } from './store/object.js';
import type { Draft } from './store/object.js';
import { Store } from './store/store.js';

export interface CoreOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly revision?: number;
  readonly historyMs?: number;
}

/** An empty cluster: the store, the built-in kinds, and the objects that every cluster begins with. */
export function createCore(options: CoreOptions, admission: AdmissionChain): Core {
  const { clock, random } = options;
  const store = new Store({
    clock,
    ...(options.revision === undefined ? {} : { revision: options.revision }),
    ...(options.historyMs === undefined ? {} : { historyMs: options.historyMs }),
  });
  const nextClusterIP = clusterIPs();
  const core: Core = {
    store,
    kinds: new Kinds(builtinKinds()),
    clock,
    random,
    admission,
    around: () => ({ now: clock.now(), random, nextClusterIP }),
  };
  bootstrap(core);
  return core;
}

/** 10.96.0.1, 10.96.0.2, … */
function clusterIPs(): () => string {
  let last = 0;
  return () => {
    last++;
    return `10.96.${Math.floor(last / 256) % 256}.${last % 256}`;
  };
}

const namespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];
const priorities: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

function bootstrap(core: Core): void {
  for (const name of namespaces) {
    core.store.create('namespaces', {
      ...base(core, 'v1', 'Namespace', name, { labels: { 'kubernetes.io/metadata.name': name } }),
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  for (const [name, value] of Object.entries(priorities)) {
    core.store.create('priorityclasses.scheduling.k8s.io', {
      ...base(core, 'scheduling.k8s.io/v1', 'PriorityClass', name, { generation: 1 }),
      value,
      preemptionPolicy: 'PreemptLowerPriority',
    });
  }
}

function base(core: Core, apiVersion: string, kind: string, name: string, more: Draft): Draft {
  const metadata = {
    name,
    uid: uuid(core.random),
    creationTimestamp: timestamp(core.clock.now()),
    ...more,
  };
  return { apiVersion, kind, metadata };
}
