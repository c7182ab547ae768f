import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Api, Area, Parsed } from '../behaviour.js';
import { newNode, ownedPods, running, type OwnedPods } from '../owned-pods.js';
import { configMap, maps, pods } from '../objects.js';

const sets = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/replicasets`;
const cost = 'controller.kubernetes.io/pod-deletion-cost';

const replicaSet = (replicas: number, ownerReferences: readonly object[]): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', ownerReferences },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { schedulerName: 'nobody', containers: [{ name: 'main', image: 'a' }] },
    },
  },
});

interface Set {
  readonly pods: OwnedPods;
  readonly list: Parsed[];
  readonly nodes: readonly string[];
}

/** Whether something controls the ReplicaSet, as a Deployment or a Rollout does. Here it is an object that does nothing. */
type Control = 'controlled' | 'alone';

async function controllerOf(api: Api, namespace: string): Promise<object> {
  const { body } = await api.post(maps(namespace), configMap('controller'));
  const { name, uid } = body.metadata;
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, controller: true };
}

/** A ReplicaSet with so many pods that nobody has bound. */
async function setOf(api: Api, count: number, control: Control = 'controlled'): Promise<Set> {
  const namespace = await api.namespace();
  const nodes = [await newNode(api), await newNode(api)];
  const owners = control === 'controlled' ? [await controllerOf(api, namespace)] : [];
  await api.post(sets(namespace), replicaSet(count, owners));
  const owned = ownedPods(api, namespace);
  return { pods: owned, list: await owned.count(count), nodes };
}

/** How one pod comes to the end: on which node, and what its kubelet has said. */
interface Part {
  /** 0 or 1; absent: unbound. */
  readonly on?: 0 | 1;
  readonly status?: object;
  readonly cost?: string;
}

/** Gives each pod its part, takes one replica away, and tells which parts' pods went. */
async function victims(api: Api, parts: readonly Part[], control: Control = 'controlled'): Promise<number[]> {
  const set = await setOf(api, parts.length, control);
  for (const [i, part] of parts.entries()) await play(api, set, set.list[i], part);
  return scaleDown(api, set, parts.length - 1);
}

async function play(api: Api, { pods: owned, nodes }: Set, pod: Parsed, part: Part): Promise<void> {
  if (part.on !== undefined) await owned.bind(pod, nodes[part.on] ?? '');
  if (part.status !== undefined) await owned.report(pod, part.status);
  if (part.cost === undefined) return;
  const path = `${pods(owned.namespace)}/${String(pod.metadata.name)}`;
  const { status } = await api.patch('merge', path, { metadata: { annotations: { [cost]: part.cost } } });
  expect(status).toBe(200);
}

async function scaleDown(api: Api, { pods: owned, list }: Set, replicas: number): Promise<number[]> {
  // The controller sorts what its cache has seen: kubernetes/kubernetes#126138.
  await sleep(1000);
  await api.patch('merge', `${sets(owned.namespace)}/web`, { spec: { replicas } });
  const left = new Set((await owned.count(replicas)).map(({ metadata }: Parsed) => metadata.uid));
  return list.flatMap(({ metadata }: Parsed, i) => (left.has(metadata.uid) ? [] : [i]));
}

const ready = running(60);

export const scaleDownOrder: Area = {
  area: 'which pod a ReplicaSet gives up',
  behaviours: (it) => {
    it(
      '1: one without a node before one that has one',
      async (api) => {
        expect(await victims(api, [{ on: 0 }, {}])).toEqual([1]);
      },
      'controllers',
    );

    it(
      '2: a pending one before one whose state is unknown, that before a running one',
      async (api) => {
        const phase = (text: string): Part => ({ on: 0, status: { phase: text } });
        expect(await victims(api, [phase('Running'), phase('Unknown')])).toEqual([1]);
        expect(await victims(api, [phase('Unknown'), phase('Pending')])).toEqual([1]);
      },
      'controllers',
    );

    it(
      '3: one that is not ready before one that is, whatever their deletion costs (trap A)',
      async (api) => {
        const parts = [
          { on: 0, status: ready, cost: '-100' } as const,
          { on: 1, status: running(-60) } as const,
        ];
        expect(await victims(api, parts)).toEqual([1]);
      },
      'controllers',
    );

    it(
      '4: the lower deletion cost first, and none counts as 0',
      async (api) => {
        const part = (text?: string): Part => ({
          on: 0,
          status: ready,
          ...(text === undefined ? {} : { cost: text }),
        });
        expect(await victims(api, [part(), part('-100')])).toEqual([1]);
        expect(await victims(api, [part('100'), part()])).toEqual([1]);
        expect(await victims(api, [part('-1'), part('-2'), part('1')])).toEqual([1]);
      },
      'controllers',
    );

    it(
      '4 before 5: a deletion cost counts more than company on the node',
      async (api) => {
        const together: Part = { on: 0, status: ready };
        expect(await victims(api, [together, together, { on: 1, status: ready, cost: '-100' }])).toEqual([2]);
      },
      'controllers',
    );

    it(
      '5: one that shares its node with others of the set before one that is alone (trap B)',
      async (api) => {
        const together: Part = { on: 0, status: ready };
        const [gone] = await victims(api, [{ on: 1, status: running(1) }, together, together]);
        expect([1, 2]).toContain(gone);
      },
      'controllers',
    );

    it(
      '5 does not count in a ReplicaSet that nothing controls',
      async (api) => {
        const together: Part = { on: 0, status: ready };
        const parts = [{ on: 1, status: running(1) } as const, together, together];
        expect(await victims(api, parts, 'alone')).toEqual([0]);
      },
      'controllers',
    );

    it(
      '6: one that is ready for a shorter time first',
      async (api) => {
        expect(
          await victims(api, [
            { on: 0, status: running(600) },
            { on: 1, status: running(1) },
          ]),
        ).toEqual([1]);
      },
      'controllers',
    );

    it(
      '7: one that was restarted more often first',
      async (api) => {
        const parts = [
          { on: 0, status: running(60, 0) } as const,
          { on: 1, status: running(60, 9) } as const,
        ];
        expect(await victims(api, parts)).toEqual([1]);
      },
      'controllers',
    );

    it(
      '8: the younger first',
      async (api) => {
        const set = await setOf(api, 1);
        await play(api, set, set.list[0], { on: 0, status: ready });
        await sleep(8000);
        await api.patch('merge', `${sets(set.pods.namespace)}/web`, { spec: { replicas: 2 } });
        const both = await set.pods.count(2);
        const old = set.list[0].metadata.uid;
        const young = both.find(({ metadata }: Parsed) => metadata.uid !== old);
        await play(api, set, young, { on: 1, status: ready });
        expect(await scaleDown(api, set, 1)).toEqual([]);
      },
      'controllers',
    );

    it(
      'a cost that was there before the pod was bound counts, and so does one that came later (trap C)',
      async (api) => {
        const set = await setOf(api, 2);
        await play(api, set, set.list[1], { cost: '-100', on: 1, status: ready });
        await play(api, set, set.list[0], { on: 0, status: ready, cost: '5' });
        expect(await scaleDown(api, set, 1)).toEqual([1]);
      },
      'controllers',
    );
  },
};
