import { answered } from '../../support/eventually.js';
import { policies, type System } from '../../support/installed/system.js';
import { systemNamespace } from '../../support/installed/index.js';
import { policyDocument } from '../../support/policy.js';
import { unique } from '../cluster/behaviour.js';
import { node } from '../cluster/objects.js';
import { cronJob } from './traffic.js';

/** A cluster in which everything that tidegate does is to be done. */
export interface World {
  /** Makes all that was done undone. */
  readonly undo: () => Promise<void>;
  /** What is only to be done when it happens while somebody leads. */
  readonly stir: () => Promise<void>;
}

const shop = '/api/v1/namespaces/shop';
const secrets = `/api/v1/namespaces/${systemNamespace}/secrets`;
const lease = `/apis/coordination.k8s.io/v1/namespaces/${systemNamespace}/leases/tidegate-controllers`;

const podOn = (nodeName: string, uid: string, annotations: Readonly<Record<string, string>> = {}) => ({
  metadata: {
    name: unique('pod'),
    annotations,
    ownerReferences: [
      { apiVersion: 'apps.kruise.io/v1alpha1', kind: 'CloneSet', name: 'web', uid, controller: true },
    ],
  },
  spec: {
    nodeName,
    tolerations: [{ operator: 'Exists' }],
    containers: [{ name: 'main', image: 'busybox:1' }],
  },
});

const inWorkloadSpread = { 'apps.kruise.io/matched-workloadspread': '{}' };

export async function startWorld({ api, create }: System): Promise<World> {
  let round = 0;
  let stirs = 0;
  const logs = () => ({ destinations: [{ sls: { project: 'apps', logstore: `round-${round}` } }] });
  const wish = async () => {
    round += 1;
    const wishes = { env: [{ name: 'ROUND', value: `${round}` }], scaleIn: { deletionCost: -round } };
    await create(policies, policyDocument('all', wishes));
    const placement = { type: 'VirtualOnly', providers: [{ name: 'alibaba-eci' }] };
    const match = { namespaces: { names: ['elsewhere'] } };
    await create(policies, policyDocument('logged', { match, placement, logs: logs() }));
  };
  for (const one of [resourcePolicies, cloneSets, logConfigs])
    await create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', one);
  await create('/api/v1/namespaces', {
    metadata: { name: 'shop', labels: { 'tidegate.io/virtual-nodes': 'enabled' } },
  });
  const { body: owner } = await answered(
    () =>
      api.post('/apis/apps.kruise.io/v1alpha1/namespaces/shop/clonesets', {
        apiVersion: 'apps.kruise.io/v1alpha1',
        kind: 'CloneSet',
        metadata: { name: 'web' },
      }),
    ({ status }) => status === 201,
  );
  const uid = String(owner.metadata.uid);
  for (const name of ['stays', 'goes']) {
    await create('/api/v1/nodes', node(name, { type: 'kwok' }));
    await create(`${shop}/pods`, podOn(name, uid));
  }
  await create('/apis/batch/v1/namespaces/shop/cronjobs', cronJob('report'));

  await wish();

  return {
    undo: async () => {
      stirs = 0;
      await api.delete(lease);
      await api.delete(`${secrets}/tidegate-webhook-tls`);
      const data = { 'ca.crt': Buffer.from('broken').toString('base64') };
      await api.patch('merge', `${secrets}/tidegate-webhook-ca`, { data });
      // Other marks, another CronJob and another log CR are wanted, and a status that is not written yet.
      for (const name of ['all', 'logged']) await api.delete(`${policies}/${name}`);
      await wish();
    },
    stir: async () => {
      stirs += 1;
      await api.patch('merge', `${policies}/logged`, { spec: { logs: stirs % 2 === 0 ? null : logs() } });
      await create(`${shop}/pods`, podOn('stays', uid, inWorkloadSpread));
      // Long enough a virtual node that its pod is marked.
      const type = stirs % 2 === 0 ? 'none' : 'kwok';
      await api.patch('merge', '/api/v1/nodes/goes', { metadata: { labels: { type } } });
    },
  };
}

/** A definition, as far as an API server needs it. */
const definition = (group: string, version: string, kind: string, plural: string) => ({
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, singular: kind.toLowerCase(), kind },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

/** ACK's, and an owner that ranks its pods while no controller of the cluster takes them away. */
const resourcePolicies = definition(
  'scheduling.alibabacloud.com',
  'v1alpha1',
  'ResourcePolicy',
  'resourcepolicies',
);
const logConfigs = definition('log.alibabacloud.com', 'v1alpha1', 'AliyunLogConfig', 'aliyunlogconfigs');
const cloneSets = definition('apps.kruise.io', 'v1alpha1', 'CloneSet', 'clonesets');
