import { expect } from 'vitest';
import type { Snapshot } from '../../../../src/placement/snapshot.js';
import { policy } from '../../../support/policy.js';
import { snapshot } from '../../../support/snapshot.js';
import { startControllerOn, startMarkingOn, type RunningController } from '../../../support/tidegate.js';
import { eventually, refusal, unique } from '../behaviour.js';
import type { Api, Area, Parsed } from '../behaviour.js';
import { node, pod, pods } from '../objects.js';
import { newNode, ownedPods, running, type OwnedPods } from '../owned-pods.js';

const cost = 'controller.kubernetes.io/pod-deletion-cost';
const companion = 'tidegate.io/deletion-cost-by';
const ours = { [cost]: '-100', [companion]: 'p:-100' };
const placement = { type: 'PreferReal', providers: [{ name: 'virtual-kubelet' }] };
const marking = snapshot([policy('p', { placement })]);
const optedIn = { 'tidegate.io/virtual-nodes': 'enabled' };
const both = ['controllers', 'webhooks'] as const;

const sets = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/replicasets`;

const replicaSet = (replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        schedulerName: 'nobody',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'main', image: 'a' }],
      },
    },
  },
});

async function virtualNode(api: Api): Promise<string> {
  const name = unique('vn');
  await api.post('/api/v1/nodes', node(name, { type: 'virtual-kubelet' }));
  return name;
}

interface Set {
  readonly namespace: string;
  readonly owned: OwnedPods;
  readonly list: readonly Parsed[];
}

/** So many pods of a ReplicaSet in an opted-in namespace, not bound yet. */
async function setOf(api: Api, count: number): Promise<Set> {
  const namespace = await api.namespace(optedIn);
  await api.post(sets(namespace), replicaSet(count));
  const owned = ownedPods(api, namespace);
  return { namespace, owned, list: await owned.count(count) };
}

const nameOf = ({ metadata }: Parsed): string => String(metadata.name);
const marksOf = ({ metadata }: Parsed): object =>
  Object.fromEntries(
    Object.entries((metadata.annotations ?? {}) as object).filter(
      ([key]) => key === cost || key === companion,
    ),
  );
const read = async (api: Api, { namespace }: Set, one: Parsed): Promise<Parsed> =>
  (await api.get(`${pods(namespace)}/${nameOf(one)}`)).body;

/** Field managers that own the deletion cost. */
const writersOf = ({ metadata }: Parsed): string[] =>
  ((metadata.managedFields ?? []) as Parsed[])
    .filter((entry: Parsed) => entry.fieldsV1?.['f:metadata']?.['f:annotations']?.[`f:${cost}`] !== undefined)
    .map((entry: Parsed) => String(entry.manager));

const annotate = (api: Api, { namespace }: Set, one: Parsed, annotations: object, manager = 'somebody') =>
  api.patch('merge', `${pods(namespace)}/${nameOf(one)}?fieldManager=${manager}`, {
    metadata: { annotations },
  });

/** The webhook, called by the API server, which takes a moment to follow its configuration. */
async function withWebhook(api: Api, serving: () => Snapshot, vn: string): Promise<() => Promise<void>> {
  const host = api.cluster.webhookHost ?? '127.0.0.1';
  const remove = await startMarkingOn(api.cluster, serving, { name: unique('marks'), host });
  const canaries = await setOf(api, 1);
  await eventually('the webhook to be called', async () => {
    const [canary] = await canaries.owned.count(1);
    await canaries.owned.bind(canary, vn);
    if (cost in marksOf(await read(api, canaries, canary))) return true;
    await api.delete(`${pods(canaries.namespace)}/${nameOf(canary)}`);
    return undefined;
  });
  return remove;
}

async function leading(api: Api, serving: () => Snapshot): Promise<RunningController> {
  const controller = startControllerOn(api.cluster, serving, { leaseName: unique('lease') });
  await eventually('the controller to lead', () =>
    Promise.resolve(controller.runner.isLeader && controller.runner.hasSynced ? true : undefined),
  );
  return controller;
}

const eventuallyMarked = (api: Api, set: Set, one: Parsed, wanted: object) =>
  eventually(`${JSON.stringify(wanted)} on ${nameOf(one)}`, async () => {
    const found = await read(api, set, one);
    return JSON.stringify(marksOf(found)) === JSON.stringify(wanted) ? found : undefined;
  });

export const marks: Area = {
  area: 'marks',
  behaviours: (it) => {
    it(
      'a pod carries its mark in the first event that shows its node, and nobody is recorded for it',
      async (api) => {
        const vn = await virtualNode(api);
        const ordinary = await newNode(api);
        const remove = await withWebhook(api, () => marking, vn);
        const set = await setOf(api, 20);
        const { body } = await api.get(`${pods(set.namespace)}?limit=1`);
        for (const [i, one] of set.list.entries()) await set.owned.bind(one, i % 2 === 0 ? vn : ordinary);
        const since = String(body.metadata.resourceVersion);
        const events = await api.events(`${pods(set.namespace)}?resourceVersion=${since}`, { seconds: 3 });
        const first = new Map<string, Parsed>();
        for (const { object } of events) {
          if (object.spec.nodeName !== undefined && !first.has(nameOf(object)))
            first.set(nameOf(object), object);
        }
        const seen = set.list.map((one) => first.get(nameOf(one)));
        expect(seen.map(marksOf)).toEqual(set.list.map((_, i) => (i % 2 === 0 ? ours : {})));
        expect(seen.flatMap(writersOf)).toEqual([]);
        await remove();
      },
      both,
    );

    it(
      'a ReplicaSet that shrinks in the moment after its pods landed gives up those on virtual nodes',
      async (api) => {
        const virtual = [await virtualNode(api), await virtualNode(api)];
        const ordinary = await newNode(api);
        const remove = await withWebhook(api, () => marking, virtual[0] ?? '');
        const set = await setOf(api, 12);
        // Six side by side on one ordinary node: without the mark those would go first.
        for (const [i, one] of set.list.entries()) {
          await set.owned.bind(one, i < 6 ? ordinary : (virtual[i % 2] ?? ''));
          await set.owned.report(one, running(60));
        }
        await eventually('the controller to have seen all ready', async () => {
          const { body } = await api.get(`${sets(set.namespace)}/web`);
          return body.status.readyReplicas === 12 ? true : undefined;
        });
        await api.patch('merge', `${sets(set.namespace)}/web`, { spec: { replicas: 6 } });
        const left = await set.owned.count(6);
        expect(left.map(({ spec }) => spec.nodeName as unknown)).toEqual(Array(6).fill(ordinary));
        await remove();
      },
      both,
    );

    it(
      "a pod's own deletion cost stays when it lands, and so does one that came with the Binding",
      async (api) => {
        const vn = await virtualNode(api);
        const remove = await withWebhook(api, () => marking, vn);
        const set = await setOf(api, 2);
        const [own, bound] = set.list;
        await annotate(api, set, own, { [cost]: '7' });
        // What the webhook knows of a pod comes by a watch.
        await new Promise((resolve) => setTimeout(resolve, 500));
        await set.owned.bind(own, vn);
        await api.post(`${pods(set.namespace)}/${nameOf(bound)}/binding`, {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { name: nameOf(bound), annotations: { [cost]: '+5' } },
          target: { kind: 'Node', name: vn },
        });
        expect(marksOf(await read(api, set, own))).toEqual({ [cost]: '7' });
        expect(marksOf(await read(api, set, bound))).toEqual({ [cost]: '+5' });
        await remove();
      },
      both,
    );

    it(
      'the controller repairs a pod whose nodeName was set by hand, by one write in its own name',
      async (api) => {
        const vn = await virtualNode(api);
        const set = await setOf(api, 2);
        const [first, second] = set.list;
        await leading(api, () => marking);
        await set.owned.bind(first, vn);
        const marked = await eventuallyMarked(api, set, first, ours);
        expect(writersOf(marked)).toEqual(['tidegate']);
        expect(marksOf(await read(api, set, second))).toEqual({});
      },
      'controllers',
    );

    it(
      'what somebody writes over our mark stays, even where it is the very same value again',
      async (api) => {
        const vn = await virtualNode(api);
        const set = await setOf(api, 2);
        const [over, again] = set.list;
        let serving = marking;
        const controller = await leading(api, () => serving);
        for (const one of set.list) {
          await set.owned.bind(one, vn);
          await eventuallyMarked(api, set, one, ours);
        }
        await annotate(api, set, over, { [cost]: '5' });
        await annotate(api, set, again, { [cost]: '5' });
        await annotate(api, set, again, { [cost]: '-100' });
        expect(writersOf(await read(api, set, again))).toEqual(['somebody']);
        // A third pod tells when the controller has looked at all.
        const third = await setOf(api, 1);
        serving = snapshot([policy('p', { placement, scaleIn: { deletionCost: -7 } })]);
        controller.changed();
        await third.owned.bind(third.list[0], vn);
        await eventuallyMarked(api, third, third.list[0], { [cost]: '-7', [companion]: 'p:-7' });
        expect(marksOf(await read(api, set, over))).toEqual({ [cost]: '5', [companion]: 'p:-100' });
        expect(marksOf(await read(api, set, again))).toEqual(ours);
      },
      'controllers',
    );

    it(
      'the controller takes its mark back where the policy goes or the node becomes an ordinary one',
      async (api) => {
        const [vn, other] = [await virtualNode(api), await virtualNode(api)];
        const set = await setOf(api, 2);
        const [a, b] = set.list;
        let serving = marking;
        const controller = await leading(api, () => serving);
        await set.owned.bind(a, vn);
        await set.owned.bind(b, other);
        for (const one of set.list) await eventuallyMarked(api, set, one, ours);
        await api.patch('merge', `/api/v1/nodes/${other}`, { metadata: { labels: { type: null } } });
        await eventuallyMarked(api, set, b, {});
        expect(marksOf(await read(api, set, a))).toEqual(ours);
        serving = snapshot([]);
        controller.changed();
        await eventuallyMarked(api, set, a, {});
      },
      'controllers',
    );

    it(
      'of two controllers one writes, and the other goes on when that dies',
      async (api) => {
        const vn = await virtualNode(api);
        const set = await setOf(api, 20);
        const leaseName = unique('lease');
        const start = (identity: string) =>
          startControllerOn(api.cluster, () => marking, { identity, leaseName });
        const one = start('one');
        await eventually('the first to lead', () => Promise.resolve(one.runner.isLeader ? true : undefined));
        start('two');
        for (const [i, pod_] of set.list.entries()) {
          await set.owned.bind(pod_, vn);
          if (i === 9) await one.kill();
        }
        for (const pod_ of set.list) await eventuallyMarked(api, set, pod_, ours);
      },
      'controllers',
    );

    it(
      'a ResourcePolicy of ACK has the pods that it selects for itself',
      async (api) => {
        const vn = await virtualNode(api);
        const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
        const name = 'resourcepolicies.scheduling.alibabacloud.com';
        const set = await setOf(api, 1);
        await leading(api, () => marking);
        await set.owned.bind(set.list[0], vn);
        await eventuallyMarked(api, set, set.list[0], ours);
        await api.post(definitions, definition(name));
        const policies = `/apis/scheduling.alibabacloud.com/v1alpha1/namespaces/${set.namespace}/resourcepolicies`;
        await eventually('the definition to be served', async () => {
          const answer = await api.post(policies, {
            apiVersion: 'scheduling.alibabacloud.com/v1alpha1',
            kind: 'ResourcePolicy',
            metadata: { name: 'web' },
            spec: { selector: { app: 'web' }, units: [{ resource: 'ecs' }, { resource: 'eci' }] },
          });
          return answer.status === 201 ? true : undefined;
        });
        await eventuallyMarked(api, set, set.list[0], {});
        await api.delete(`${definitions}/${name}`);
        await eventuallyMarked(api, set, set.list[0], ours);
      },
      'controllers',
    );

    it('a mark that was written for an older version of the pod is refused with 409, whoever the pod is now', async (api) => {
      const namespace = await api.namespace();
      const { body } = await api.post(pods(namespace), pod('a'));
      const { uid, resourceVersion } = body.metadata;
      await api.patch('merge', `${pods(namespace)}/a`, { metadata: { annotations: { x: 'y' } } });
      const late = (metadata: object) =>
        api.patch('merge', `${pods(namespace)}/a`, { metadata: { ...metadata, annotations: ours } });
      expect(refusal(await late({ uid, resourceVersion }))).toEqual([409, 'Conflict']);
      expect(refusal(await late({ uid: 'another', resourceVersion }))).toEqual([409, 'Conflict']);
    });

    it('a deletion cost that is no int32 is refused where it is written, and stays where a Binding brought it', async (api) => {
      const namespace = await api.namespace();
      await api.post(pods(namespace), pod('a'));
      const write = (annotations: object) =>
        api.patch('merge', `${pods(namespace)}/a`, { metadata: { annotations } });
      for (const value of ['+5', '007', '2147483648', '1.5']) {
        expect(refusal(await write({ [cost]: value }))).toEqual([422, 'Invalid']);
      }
      await api.post(`${pods(namespace)}/a/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'a', annotations: { [cost]: '007' } },
        target: { kind: 'Node', name: 'vn-1' },
      });
      const written = await write({ other: 'annotation' });
      expect(written.status).toBe(200);
      expect(written.body.metadata.annotations).toEqual({ [cost]: '007', other: 'annotation' });
    });
  },
};

const definition = (name: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name, annotations: { 'api-approved.kubernetes.io': 'unapproved, a test' } },
  spec: {
    group: 'scheduling.alibabacloud.com',
    names: { plural: 'resourcepolicies', singular: 'resourcepolicy', kind: 'ResourcePolicy' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});
