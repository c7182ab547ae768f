import { issueCa, issueLeaf, type PemPair } from '../../../src/certs/issue.js';
import { policyDocument } from '../../support/policy.js';
import { answered } from '../../support/eventually.js';
import { systemNamespace, type Installed } from '../../support/installed/index.js';
import type { Api, Parsed } from '../cluster/behaviour.js';
import { cronJob } from './traffic.js';

/** Something that goes wrong with an install, what the doctor has to say of it, and how it is made good again. */
export interface SeededFault {
  readonly name: string;
  readonly seed: (api: Api, installed: Installed) => Promise<unknown>;
  readonly finding: {
    readonly check: string;
    readonly status: 'fault' | 'warning';
    readonly reason: RegExp;
    readonly remedy: RegExp;
  };
  /** Checks that it may make red or yellow beside, because they look at what follows from it. */
  readonly beside?: readonly string[];
  readonly heal: (api: Api, installed: Installed) => Promise<unknown>;
}

const hooks = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/tidegate';
const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';
const policies = '/apis/tidegate.io/v1alpha1/virtualnodepolicies';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const definition = `${definitions}/virtualnodepolicies.tidegate.io`;
const cronJobs = '/apis/batch/v1/namespaces/shop/cronjobs';

/** As Kyverno brings it, without what its schema says. */
const kyvernoDefinition = {
  metadata: { name: 'clusterpolicies.kyverno.io' },
  spec: {
    group: 'kyverno.io',
    scope: 'Cluster',
    names: { kind: 'ClusterPolicy', plural: 'clusterpolicies', singular: 'clusterpolicy' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
const serving = `/api/v1/namespaces/${systemNamespace}/secrets/tidegate-webhook-tls`;
export const virtualNode = '/api/v1/nodes/virtual-1';
export const shop = '/api/v1/namespaces/shop';

/** Edits the object as it is, and puts back what was there before. */
function edited(path: string, change: (object: Parsed) => unknown): Pick<SeededFault, 'seed' | 'heal'> {
  let before: Parsed;
  const write = async (api: Api, make: (object: Parsed) => Parsed) => {
    for (;;) {
      const { body } = await api.get(path);
      const { status, body: answer } = await api.put(path, make(structuredClone(body)));
      if (status === 200) return body;
      if (status !== 409) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    }
  };
  return {
    seed: async (api) => {
      before = await write(api, (object) => (change(object), object));
    },
    heal: (api) =>
      write(api, ({ metadata }) => ({
        ...before,
        metadata: { ...before.metadata, resourceVersion: metadata.resourceVersion },
      })),
  };
}

const editedHooks = (change: (hook: Parsed) => unknown) =>
  edited(hooks, ({ webhooks }) => webhooks.forEach(change));

const stopped = async (installed: Installed, component: string) => {
  for (const one of installed.containers(component)) await one.terminate();
};

/** The controllers would heal it at once. */
const withoutControllers = ({ seed, heal }: Pick<SeededFault, 'seed' | 'heal'>): typeof withoutHealing => ({
  ...withoutHealing,
  seed: async (api, installed) => {
    await stopped(installed, 'controllers');
    await seed(api, installed);
  },
  heal: async (api, installed) => {
    await heal(api, installed);
    await installed.add('controllers');
  },
});
const withoutHealing = {
  seed: (): Promise<unknown> => Promise.resolve(),
  heal: (): Promise<unknown> => Promise.resolve(),
  beside: ['leaders', 'webhook-pods', 'dry-run'],
} as Pick<SeededFault, 'seed' | 'heal' | 'beside'>;

const day = 24 * 3_600_000;
const leafOf = (ca: PemPair, now: number, days: number) =>
  issueLeaf(ca, {
    commonName: 'webhook',
    dnsNames: [`tidegate-webhook.${systemNamespace}.svc`],
    usage: 'server',
    now,
    days,
  });

const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = (encoded: unknown) => Buffer.from(String(encoded), 'base64').toString();

/** Another pair in the Secret that the webhook mounts. */
function servedWith(makeOf: (ca: PemPair) => Promise<PemPair>) {
  const put = edited(serving, () => undefined);
  return withoutControllers({
    seed: async (api, installed) => {
      await put.seed(api, installed);
      const { body } = await api.get(`/api/v1/namespaces/${systemNamespace}/secrets/tidegate-webhook-ca`);
      const { cert, key } = await makeOf({ cert: text(body.data['ca.crt']), key: text(body.data['ca.key']) });
      await api.patch('merge', serving, { data: { 'tls.crt': base64(cert), 'tls.key': base64(key) } });
    },
    heal: put.heal,
  });
}

const restart = /^kubectl -n tidegate-system .*rollout restart deployment\/tidegate-controllers$/;
const upgrade = /^helm upgrade tidegate charts\/tidegate -n tidegate-system --reset-then-reuse-values/;
const setTo = (value: string) =>
  new RegExp(`--set webhook\\.${value}  # where Helm 4 meets a conflict: --force-conflicts too$`);

export const seededFaults: readonly SeededFault[] = [
  {
    name: 'a verb is taken out of a role',
    ...edited(`${roles}/tidegate-webhook`, ({ rules }) => {
      const nodes = rules.find(({ resources }: Parsed) => resources.includes('nodes'));
      nodes.verbs = ['list'];
    }),
    finding: {
      check: 'service-accounts',
      status: 'fault',
      reason: /^ServiceAccount tidegate-system\/tidegate-webhook may not .*watch nodes/,
      remedy: upgrade,
    },
  },
  {
    name: 'somebody sets failurePolicy Fail',
    ...editedHooks((hook) => (hook.failurePolicy = 'Fail')),
    finding: {
      check: 'webhook-configuration',
      status: 'fault',
      reason: /failurePolicy is Fail/,
      remedy: setTo('failurePolicy=Ignore'),
    },
  },
  {
    name: 'somebody sets a timeout of 30 s',
    ...editedHooks((hook) => (hook.timeoutSeconds = 30)),
    finding: {
      check: 'webhook-configuration',
      status: 'fault',
      reason: /timeoutSeconds is 30/,
      remedy: setTo('timeoutSeconds=2'),
    },
  },
  {
    name: 'somebody takes the opt-in label out of the namespaceSelector',
    ...editedHooks((hook) => delete hook.namespaceSelector.matchLabels),
    finding: {
      check: 'webhook-configuration',
      status: 'fault',
      reason: /has lost the label tidegate\.io\/virtual-nodes/,
      remedy: upgrade,
    },
  },
  {
    name: 'somebody takes CronJobs out of the rules',
    ...edited(hooks, ({ webhooks: [hook] }) => (hook.rules = hook.rules.slice(1))),
    finding: {
      check: 'webhook-configuration',
      status: 'fault',
      reason: /the rules lack CREATE of batch\/v1 cronjobs/,
      remedy: upgrade,
    },
    beside: ['dry-run'],
  },
  {
    name: 'the caBundle is emptied',
    ...withoutControllers(editedHooks((hook) => delete hook.clientConfig.caBundle)),
    finding: {
      check: 'certificates',
      status: 'fault',
      reason: /workloads\.tidegate\.io has no caBundle/,
      remedy: restart,
    },
  },
  {
    name: 'the certificate is replaced by one of another authority',
    ...servedWith(async () => leafOf(await issueCa('foreign', { now: Date.now(), days: 9 }), Date.now(), 9)),
    finding: {
      check: 'certificates',
      status: 'fault',
      reason: /does not hold the authority of the certificate/,
      remedy: restart,
    },
  },
  {
    name: 'the certificate has ended',
    ...servedWith((ca) => leafOf(ca, Date.now() - 40 * day, 30)),
    finding: {
      check: 'certificates',
      status: 'fault',
      reason: /the certificate of Secret tidegate-webhook-tls has ended/,
      remedy: restart,
    },
  },
  {
    name: 'the controllers are gone',
    ...withoutControllers(withoutHealing),
    finding: {
      check: 'leaders',
      status: 'fault',
      reason: /nobody leads of tidegate-controllers/,
      remedy: /logs deployment\/tidegate-controllers$/,
    },
  },
  {
    name: 'every pod of the webhook is gone',
    seed: (_, installed) => stopped(installed, 'webhook'),
    heal: async (_, installed) => {
      await installed.add('webhook');
      await installed.add('webhook');
    },
    finding: {
      check: 'webhook-pods',
      status: 'fault',
      reason: /no pod of tidegate-webhook is ready/,
      remedy: /logs deployment\/tidegate-webhook$/,
    },
    beside: ['dry-run'],
  },
  {
    name: 'a policy names a provider that there is not',
    seed: (api) =>
      api.post(
        policies,
        policyDocument('wrong', { placement: { type: 'VirtualOnly', providers: [{ name: 'kwook' }] } }),
      ),
    heal: (api) => api.delete(`${policies}/wrong`),
    finding: {
      check: 'policies',
      status: 'fault',
      reason: /policy wrong: spec\.placement\.providers\[0\]\.name: expected one of/,
      remedy: /^kubectl edit vnp wrong$/,
    },
  },
  {
    name: 'the only virtual node is gone',
    ...edited(virtualNode, ({ metadata }) => delete metadata.labels.type),
    finding: {
      check: 'virtual-nodes',
      status: 'fault',
      reason: /no node is one of kwok: what policy kwok places stays pending/,
      remedy: /^install the virtual nodes of KWOK/,
    },
  },
  {
    name: 'a virtual node has lost its taint',
    seed: async (api) => {
      const metadata = { name: 'virtual-2', labels: { type: 'virtual-kubelet' } };
      await api.post('/api/v1/nodes', { metadata });
      const spec = {
        priority: -1,
        placement: { type: 'VirtualOnly', providers: [{ name: 'alibaba-eci' }] },
        match: { workloads: { kinds: ['Job'] } },
      };
      return api.post(policies, policyDocument('jobs', spec));
    },
    heal: async (api) => {
      await api.delete('/api/v1/nodes/virtual-2');
      await api.delete(`${policies}/jobs`);
    },
    finding: {
      check: 'virtual-nodes',
      status: 'fault',
      reason: /node virtual-2 has the labels of alibaba-eci and not its taint/,
      remedy: /^kubectl taint node virtual-2 virtual-kubelet\.io\/provider=alibabacloud:NoSchedule$/,
    },
    beside: ['policies'],
  },
  {
    name: 'a policy asks for the scheduler, and it is not switched on',
    seed: (api) =>
      api.post(policies, policyDocument('fast', { scheduling: { schedulerName: 'tidegate-scheduler' } })),
    heal: (api) => api.delete(`${policies}/fast`),
    finding: {
      check: 'leaders',
      status: 'fault',
      reason: /policy fast asks for tidegate-scheduler, and there is no Deployment tidegate-scheduler/,
      remedy: /--set scheduler\.enabled=true$/,
    },
    beside: ['policies'],
  },
  {
    name: 'eci-profile moves pods by itself',
    seed: (api) =>
      api.post('/api/v1/namespaces/kube-system/configmaps', {
        metadata: { name: 'eci-profile' },
        data: { selectors: '[{"name":"all","namespaceSelector":{}}]' },
      }),
    heal: (api) => api.delete('/api/v1/namespaces/kube-system/configmaps/eci-profile'),
    finding: {
      check: 'conflicts',
      status: 'warning',
      reason: /eci-profile has selectors/,
      remedy: /edit configmap eci-profile$/,
    },
  },
  {
    name: 'Kyverno sets tolerations too',
    seed: async (api) => {
      await api.post(definitions, kyvernoDefinition);
      const rule = {
        name: 'tolerate',
        match: { any: [{ resources: { kinds: ['Pod'] } }] },
        mutate: { patchStrategicMerge: { spec: { tolerations: [{ operator: 'Exists' }] } } },
      };
      const policy = {
        apiVersion: 'kyverno.io/v1',
        kind: 'ClusterPolicy',
        metadata: { name: 'tolerate-all' },
        spec: { rules: [rule] },
      };
      return answered(
        () => api.post('/apis/kyverno.io/v1/clusterpolicies', policy),
        ({ status }) => status === 201,
      );
    },
    heal: (api) => api.delete(`${definitions}/clusterpolicies.kyverno.io`),
    finding: {
      check: 'conflicts',
      status: 'warning',
      reason: /Kyverno tolerate-all mutates fields that tidegate writes/,
      remedy: /kubectl get clusterpolicies\.kyverno\.io/,
    },
  },
  {
    name: 'everybody runs at midnight',
    seed: async (api) => {
      for (let i = 0; i < 450; i += 1) await api.post(cronJobs, cronJob(`midnight-${i}`));
    },
    heal: (api) => api.delete(cronJobs),
    finding: {
      check: 'midnight',
      status: 'warning',
      reason: /T00:00:00Z, with 450 CronJobs: the last runs \d+ to \d+ s later$/,
      remedy: /^spread their schedules over the hour/,
    },
  },
  {
    name: 'no namespace is opted in any more',
    ...edited(shop, ({ metadata }) => delete metadata.labels['tidegate.io/virtual-nodes']),
    finding: {
      check: 'dry-run',
      status: 'warning',
      reason: /no namespace has opted in/,
      remedy: /^kubectl label namespace NAME tidegate\.io\/virtual-nodes=enabled$/,
    },
  },
  {
    name: 'a condition of the webhook leaves everything out',
    ...editedHooks((hook) => (hook.matchConditions = [{ name: 'never', expression: 'false' }])),
    finding: {
      check: 'dry-run',
      status: 'warning',
      reason: /is admitted unchanged: webhook\.matchConditions may leave it out$/,
      remedy: /^kubectl create --dry-run=server one for which they hold/,
    },
  },
  {
    name: 'the webhook wants labels of workloads that none can have',
    ...editedHooks((hook) => {
      const both = ['Exists', 'DoesNotExist'].map((operator) => ({ key: 'move', operator }));
      hook.objectSelector = { matchExpressions: both };
    }),
    finding: {
      check: 'dry-run',
      status: 'warning',
      reason: /^not tried: the selectors of the webhook leave out all .*\(shop\)$/,
      remedy: /^compare webhook\.namespaceSelector and webhook\.objectSelector/,
    },
  },
  {
    name: 'the webhook configuration is deleted',
    ...deleted(hooks),
    finding: {
      check: 'webhook-configuration',
      status: 'fault',
      reason: /there is no MutatingWebhookConfiguration tidegate/,
      remedy: upgrade,
    },
    beside: ['dry-run', 'webhook-pods'],
  },
  {
    name: 'the CustomResourceDefinition is deleted, and all policies with it',
    ...deleted(definition),
    finding: {
      check: 'crd',
      status: 'fault',
      reason: /there is no CustomResourceDefinition virtualnodepolicies\.tidegate\.io/,
      remedy: /^tidegate policy crd \| kubectl apply /,
    },
    beside: ['policies', 'dry-run', 'virtual-nodes', 'webhook-pods'],
  },
];

/** Deletes it, and creates it again as it was. */
function deleted(path: string): Pick<SeededFault, 'seed' | 'heal'> {
  let before: Parsed;
  return {
    seed: async (api) => {
      ({ body: before } = await api.get(path));
      await api.delete(path);
    },
    heal: (api) => {
      const { name, labels, annotations } = before.metadata;
      const collection = path.slice(0, path.lastIndexOf('/'));
      return api.post(collection, {
        ...before,
        status: undefined,
        metadata: { name, labels, annotations },
      });
    },
  };
}
