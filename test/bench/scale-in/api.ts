/**
 * An API server of the box in a process of its own, told by messages what to do: so that it can be measured what
 * others do to it, and when each pod was bound and marked is taken where it happens.
 */
import type * as ServerModule from '../../../src/sim/server.ts';
import type * as ClockModule from '../../../src/telemetry/clock.ts';
import type { Commands, Landed } from './cluster.ts';
import { built } from '../built.ts';
import { serve } from '../remote.ts';
import { quantile } from '../stats.ts';

const { startBox } = await built<typeof ServerModule>('sim/server.js');
const { systemClock, systemRandom } = await built<typeof ClockModule>('telemetry/clock.js');

const cost = 'controller.kubernetes.io/pod-deletion-cost';
const counts = { patches: 0, reads: 0 };
const box = await startBox({
  clock: systemClock,
  random: systemRandom,
  onRequest: ({ verb, resource }) => {
    if (resource !== 'pods') return;
    if (verb === 'patch') counts.patches += 1;
    if (verb === 'get') counts.reads += 1;
  },
});
const { door } = box;

interface Seen {
  readonly boundAt: number;
  readonly first: boolean;
  markedAt: number | undefined;
}
const seen = new Map<string, Seen>();
door.watch('pods', { since: door.revision() }, (event) => {
  if (event.type !== 'MODIFIED') return;
  const { metadata, spec } = event.object as unknown as {
    readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
    readonly spec: { readonly nodeName?: string };
  };
  if (spec.nodeName === undefined) return;
  const isMarked = metadata.annotations?.[cost] !== undefined;
  const now = performance.now();
  const known = seen.get(metadata.name);
  if (known === undefined) {
    seen.set(metadata.name, { boundAt: now, first: isMarked, markedAt: isMarked ? now : undefined });
  } else if (isMarked) known.markedAt ??= now;
});

const node = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { type: 'virtual-kubelet' } },
  spec: {
    taints: [{ key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' as const }],
  },
});
await door.create('namespaces', {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'apps', labels: { 'tidegate.io/virtual-nodes': 'enabled' } },
});
for (const name of ['vn-1', 'vn-2', 'vn-3', 'vn-4']) await door.create('nodes', node(name));
await door.create('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w-1' } });

/** To the 4 KB that a pod has once a cloud has written into it. */
const padding = { 'bench.tidegate.io/padding': 'x'.repeat(2500) };
const set = await door.create('replicasets.apps', {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'apps' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'app:1' }] },
    },
  },
});
const { uid } = set.metadata;
const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid, controller: true }];

async function makePods({ prefix, count, bound }: Commands['pods']['ask']): Promise<undefined> {
  for (let i = 0; i < count; i += 1) {
    const mark = bound ? { [cost]: '-100', 'tidegate.io/deletion-cost-by': 'overflow:-100' } : {};
    const annotations = { ...padding, ...mark };
    const metadata = {
      name: `${prefix}-${i}`,
      namespace: 'apps',
      labels: { app: 'web' },
      annotations,
      ownerReferences,
    };
    const spec = { schedulerName: 'nobody', containers: [{ name: 'main', image: 'app:1' }] };
    const onNode = bound ? { nodeName: `vn-${(i % 4) + 1}` } : {};
    await door.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, ...onNode } });
    if (i % 200 === 0) await new Promise(setImmediate);
  }
}

function landed(): Landed {
  const pods = [...seen.values()];
  const marked = pods.flatMap(({ boundAt, markedAt }) =>
    markedAt === undefined ? [] : [markedAt - boundAt],
  );
  const firstBound = Math.min(...pods.map(({ boundAt }) => boundAt));
  const lastMarked = Math.max(...pods.map(({ markedAt }) => markedAt ?? Number.NaN));
  return {
    ...counts,
    bound: pods.length,
    inFirstState: pods.filter(({ first }) => first).length,
    marked: marked.length,
    windowMs: marked.length === 0 ? undefined : { p50: quantile(marked, 0.5), p99: quantile(marked, 0.99) },
    seconds: (lastMarked - firstBound) / 1000,
  };
}

serve<Commands>({
  open: () =>
    Promise.resolve({ url: box.url, token: box.token, caBundle: box.caBundle, kubeconfig: box.kubeconfig() }),
  pods: makePods,
  reset: () => {
    seen.clear();
    Object.assign(counts, { patches: 0, reads: 0 });
    return Promise.resolve(undefined);
  },
  landed: () => Promise.resolve(landed()),
  register: async (configuration) => {
    await door.create('mutatingwebhookconfigurations.admissionregistration.k8s.io', configuration);
    return undefined;
  },
  unregister: async (name) => {
    await door.remove('mutatingwebhookconfigurations.admissionregistration.k8s.io', '', name);
    return undefined;
  },
  status: async ({ prefix, count, round }) => {
    for (let i = 0; i < count; i += 1) {
      const status = { phase: 'Running', podIP: `10.${round}.${i >> 8}.${i & 255}` };
      await door.patch('pods', 'apps', `${prefix}-${i}`, { status }, { subresource: 'status' });
      if (i % 200 === 0) await new Promise(setImmediate);
    }
  },
});
