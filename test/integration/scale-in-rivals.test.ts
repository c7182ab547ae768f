import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/objects/json.js';
import { policy } from '../support/policy.js';
import { simCluster, type SimCluster } from '../support/sim-cluster.js';
import { snapshot } from '../support/snapshot.js';

const placement = { type: 'PreferReal', providers: [{ name: 'alibaba-eci' }] };
const marking = snapshot([policy('p', { placement })]);
const ours = ['-100', 'p:-100'];
const none = [undefined, undefined];
const cost = 'controller.kubernetes.io/pod-deletion-cost';
const spread = { 'apps.kruise.io/matched-workloadspread': '{"name":"ws","subset":"eci"}' };
const crds = 'customresourcedefinitions.apiextensions.k8s.io';
const resourcePolicies = 'resourcepolicies.scheduling.alibabacloud.com';

async function cluster(): Promise<SimCluster> {
  const on = await simCluster({ seed: 1, snapshot: () => marking, life: false });
  await on.addNode('vn-1', '1000', 'virtual');
  await on.addNode('vn-k', '1000', 'virtual', { 'karpenter.sh/nodepool': 'default' });
  await on.pass(1);
  return on;
}

const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: resourcePolicies },
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
};

const resourcePolicy = (name: string, selector: object, namespace = 'apps'): JsonObject => ({
  apiVersion: 'scheduling.alibabacloud.com/v1alpha1',
  kind: 'ResourcePolicy',
  metadata: { name, namespace },
  spec: { selector: { ...selector }, strategy: 'prefer', units: [{ resource: 'ecs' }, { resource: 'eci' }] },
});

const karpenter = (gates: string): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'karpenter',
    namespace: 'kube-system',
    labels: { 'app.kubernetes.io/name': 'karpenter' },
  },
  spec: {
    selector: { matchLabels: { app: 'karpenter' } },
    template: {
      metadata: { labels: { app: 'karpenter' } },
      spec: {
        containers: [
          { name: 'controller', image: 'karpenter', env: [{ name: 'FEATURE_GATES', value: gates }] },
        ],
      },
    },
  },
});

async function land(on: SimCluster, pod: string, node = 'vn-1', annotations = {}): Promise<void> {
  await on.addPods([pod], annotations);
  await on.pass(1);
  await on.bind(pod, node);
}

describe('OpenKruise WorkloadSpread', () => {
  it('has its pods for itself, at the bind and afterwards', async () => {
    const on = await cluster();
    const controller = on.startController();
    await on.pass(5);
    await land(on, 'spread', 'vn-1', spread);
    await on.pass(5);
    expect(on.mark('spread')).toEqual(none);
    expect(controller.patched()).toEqual([]);
    expect(controller.conflicts).toEqual(['ReplicaSet web cost-of-workload-spread']);
  });

  it('gets a pod that it takes later: our mark goes, its cost stays', async () => {
    const on = await cluster();
    const controller = on.startController();
    await land(on, 'late');
    await on.pass(5);
    expect(on.mark('late')).toEqual(ours);
    const patch = (annotations: Record<string, string>) =>
      on.api.patch('pods', 'apps', 'late', { metadata: { annotations } }, { fieldManager: 'kruise-manager' });
    await patch(spread);
    await on.pass(5);
    expect(on.mark('late')).toEqual(none);
    await patch({ [cost]: '-100' });
    await on.pass(60);
    expect(on.mark('late')).toEqual(['-100', undefined]);
    expect(controller.patched()).toEqual(['late']);
  });
});

describe('ACK ResourcePolicy', () => {
  it('is asked for by nobody where the cluster does not have it', async () => {
    const on = await cluster();
    const controller = on.startController();
    await on.pass(3600);
    expect([...controller.client.refused, ...on.webhookClient.refused]).toEqual(['404 get leases']);
  });

  it('has the pods that it selects for itself from the moment it comes until it goes', async () => {
    const on = await cluster();
    const controller = on.startController();
    await land(on, 'a');
    await on.pass(5);
    await on.api.create(crds, definition);
    await on.api.create(resourcePolicies, resourcePolicy('others', { app: 'api' }));
    await on.pass(5);
    expect([on.mark('a'), controller.patched()]).toEqual([ours, []]);

    await on.api.create(resourcePolicies, resourcePolicy('web', { app: 'web' }));
    await on.pass(5);
    expect(on.mark('a')).toEqual(none);
    await land(on, 'b');
    await on.pass(5);
    expect([on.mark('b'), controller.patched()]).toEqual([none, ['a']]);
    expect(new Set(controller.conflicts)).toEqual(new Set(['ReplicaSet web cost-of-resource-policy']));

    await on.api.remove(resourcePolicies, 'apps', 'web');
    await on.pass(5);
    expect([on.mark('a'), on.mark('b')]).toEqual([ours, ours]);
  });

  it('selects every pod of its namespace where its selector is empty, and none of another', async () => {
    const on = await cluster();
    on.startController();
    await on.api.create(crds, definition);
    await on.api.create(resourcePolicies, resourcePolicy('elsewhere', {}, 'default'));
    await on.pass(5);
    await land(on, 'a');
    expect(on.mark('a')).toEqual(ours);
    await on.api.create(resourcePolicies, resourcePolicy('all', {}));
    await on.pass(5);
    await land(on, 'b');
    expect([on.mark('a'), on.mark('b')]).toEqual([none, none]);
  });

  it('is no matter any more when its definition is deleted', async () => {
    const on = await cluster();
    on.startController();
    await on.api.create(crds, definition);
    await on.api.create(resourcePolicies, resourcePolicy('all', {}));
    await on.pass(5);
    await land(on, 'a');
    expect(on.mark('a')).toEqual(none);
    await on.api.remove(crds, '', resourcePolicies);
    await on.pass(10);
    expect(on.mark('a')).toEqual(ours);
  });
});

describe('Karpenter', () => {
  it('has the pods of its nodes for itself where its feature gate is on', async () => {
    const on = await cluster();
    const controller = on.startController();
    await on.api.create('deployments.apps', karpenter('NodeRepair=false,PodDeletionCostManagement=true'));
    await on.pass(5);
    await land(on, 'there', 'vn-k');
    await land(on, 'elsewhere', 'vn-1');
    await on.pass(5);
    expect([on.mark('there'), on.mark('elsewhere')]).toEqual([none, ours]);
    expect(controller.conflicts).toEqual(['ReplicaSet web cost-of-karpenter']);
    expect(controller.patched()).toEqual([]);
  });

  it('is no matter while its feature gate is off, and is one when it is turned on', async () => {
    const on = await cluster();
    on.startController();
    await on.api.create('deployments.apps', karpenter('PodDeletionCostManagement=false'));
    await on.pass(5);
    await land(on, 'there', 'vn-k');
    await on.pass(5);
    expect(on.mark('there')).toEqual(ours);
    const { spec } = karpenter('PodDeletionCostManagement=true');
    await on.api.patch('deployments.apps', 'kube-system', 'karpenter', { spec });
    await on.pass(5);
    expect(on.mark('there')).toEqual(none);
  });

  it('that cannot be seen is given way to after it has taken a mark off once', async () => {
    const on = await cluster();
    const controller = on.startController();
    await land(on, 'there', 'vn-k');
    await on.pass(5);
    const fieldManager = 'karpenter';
    const write = (value: string | null) =>
      on.api.patch(
        'pods',
        'apps',
        'there',
        { metadata: { annotations: { [cost]: value } } },
        { fieldManager },
      );
    for (const value of ['-3', null, '-2', null]) {
      await write(value);
      await on.pass(60);
      expect(on.mark('there')[0]).toBe(value ?? undefined);
    }
    expect(controller.patched()).toEqual([]);
    expect(controller.conflicts).toEqual(['ReplicaSet web cost-of-karpenter']);
  });
});
