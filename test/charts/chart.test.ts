import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/kube/object.js';
import { readFlags as controllersFlags } from '../../src/cmd/controllers-flags.js';
import { readFlags as schedulerFlags } from '../../src/cmd/scheduler-flags.js';
import { readFlags as webhookFlags } from '../../src/cmd/webhook-flags.js';
import { isObject, type Json, type JsonObject } from '../../src/objects/json.js';
import { ownScheduler } from '../../src/objects/well-known.js';
import { policyCrd } from '../../src/policy/crd.js';
import { rulesFor, turnedAway } from '../../src/webhook/configuration.js';
import { testBox, type TestBox } from '../support/box.js';
import { schemaFaults } from '../support/kubernetes-schema.js';
import { chart, helm, render, template } from '../support/helm.js';

/** As platform teams set it. */
const valueSets = {
  defaults: {},
  'everything on': {
    commonLabels: { team: 'platform' },
    imagePullSecrets: [{ name: 'pull' }],
    observe: true,
    webhook: {
      annotations: { note: 'ours' },
      autoscaling: { enabled: true },
      hostNetwork: true,
      runtimeClassName: 'gvisor',
      extraArgs: ['--reload=10'],
      extraEnv: [{ name: 'NODE_EXTRA_CA_CERTS', value: '/ca/ca.pem' }],
      extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
      extraVolumeMounts: [{ name: 'ca', mountPath: '/ca' }],
      podAnnotations: { note: 'ours' },
      podLabels: { team: 'platform' },
      nodeSelector: { pool: 'system' },
      tolerations: [{ key: 'system', operator: 'Exists' }],
      podDisruptionBudget: { minAvailable: 1 },
    },
    controllers: {
      adoption: { mode: 'on', qps: 20 },
      logConfigs: { namespace: 'kube-system' },
      extraArgs: ['--leader-election=true'],
    },
    scheduler: {
      enabled: true,
      fallback: { label: 'pool=batch', headroomPercent: 20 },
      extraArgs: ['--reload=9'],
    },
    metrics: {
      serviceMonitor: { enabled: true },
      podMonitor: { enabled: true },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true },
    },
  },
  'a narrow one': {
    webhook: {
      namespaceSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['batch'] }] },
      objectSelector: { matchExpressions: [{ key: 'skip', operator: 'DoesNotExist' }] },
      matchConditions: [{ name: 'not-the-robot', expression: "request.userInfo.username != 'robot'" }],
    },
  },
  'cert-manager': { certificates: { source: 'cert-manager' } },
  'cert-manager with an issuer': {
    certificates: {
      source: 'cert-manager',
      certManager: { issuerRef: { kind: 'ClusterIssuer', name: 'corp' } },
    },
  },
  'an existing Secret': {
    certificates: { source: 'secret', secretName: 'webhook-pair', caBundle: '-----BEGIN CERTIFICATE-----' },
    controllers: { enabled: false },
  },
  'a strict one': {
    fullnameOverride: 'gate',
    rbac: { create: false },
    crds: { install: false },
    priorityClass: { create: false },
    networkPolicy: { enabled: false },
    flowSchema: { enabled: false },
    image: { digest: `sha256:${'0'.repeat(64)}` },
    webhook: { failurePolicy: 'Fail', serviceAccount: { create: false, name: 'there' } },
  },
} as const;
const optIn = 'tidegate.io/virtual-nodes';
const byCertManager = (certManager: object) => ({ certificates: { source: 'cert-manager', certManager } });
const names = Object.keys(valueSets) as (keyof typeof valueSets)[];

const find = (objects: readonly KubeObject[], kind: string, name?: string): KubeObject => {
  const found = objects.find(
    (one) => one['kind'] === kind && (name === undefined || one.metadata.name === name),
  );
  if (found === undefined) throw new Error(`expected a ${kind} ${name ?? ''}`);
  return found;
};

/** Groups of products that a cluster may have: their objects are no built-in ones. */
const foreign = /^(cert-manager\.io|monitoring\.coreos\.com)\//;

let box: TestBox;
beforeAll(async () => {
  box = await testBox();
  plurals = await pluralsOf();
});
afterAll(() => box.close());

let plurals: ReadonlyMap<string, { plural: string; namespaced: boolean }>;

async function pluralsOf() {
  const { body: all } = await box.send('GET', '/apis');
  const groups = all.groups as readonly { readonly versions: readonly { readonly groupVersion: string }[] }[];
  const versions = ['v1', ...groups.flatMap((group) => group.versions.map((one) => one.groupVersion))];
  const found = new Map<string, { plural: string; namespaced: boolean }>();
  for (const version of versions) {
    const { body } = await box.send('GET', version === 'v1' ? '/api/v1' : `/apis/${version}`);
    for (const { name, kind, namespaced } of body.resources)
      if (!String(name).includes('/')) found.set(`${version} ${kind}`, { plural: name, namespaced });
  }
  return found;
}

/** What the API server says to it, with strict field validation. */
async function posted(object: KubeObject): Promise<string> {
  const version = String(object['apiVersion']);
  const known = plurals.get(`${version} ${String(object['kind'])}`);
  if (known === undefined) return schemaFaults({ ...object }).join() || 'created';
  const base = version === 'v1' ? '/api/v1' : `/apis/${version}`;
  const where = known.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
  const path = `${base}${where}/${known.plural}?fieldValidation=Strict&dryRun=All`;
  const { status, body } = await box.send('POST', path, object);
  return status === 201 ? 'created' : `${object.metadata.name}: ${String(body.message)}`;
}

describe('the chart', () => {
  it('passes the strict linter', () => {
    const { code, stdout } = helm(['lint', '--strict', chart]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
  });

  it.each(names)('renders %s twice to the same bytes', (name) => {
    const [once, twice] = [template(valueSets[name]), template(valueSets[name])];
    expect(once.code).toBe(0);
    expect(once.stdout).toBe(twice.stdout);
  });

  it.each(names)(
    'makes objects of %s that an API server takes, with no field that it does not know',
    async (name) => {
      await box.send('POST', '/api/v1/namespaces', { metadata: { name: 'tidegate-system' } });
      const objects = render(valueSets[name]).filter((one) => !foreign.test(String(one['apiVersion'])));
      expect(objects.length).toBeGreaterThan(5);
      for (const object of objects) expect(await posted(object)).toBe('created');
    },
  );

  it('asks no cluster, and makes nothing up', () => {
    const folder = join(chart, 'templates');
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const uses = /\b(lookup|genCA|genSignedCert|genSelfSignedCert|genPrivateKey|rand[A-Z]\w*|uuidv4|now)\b/;
    expect(texts.join('\n').replaceAll(/\{\{-? ?\/\*[^]*?\*\//g, '')).not.toMatch(
      new RegExp(`\\{\\{[^}]*${uses.source}`),
    );
  });

  it.each([
    [{ webhook: { failurePolicy: 'Maybe' } }, "at '/webhook/failurePolicy'"],
    [{ webhok: { replicas: 3 } }, "additional properties 'webhok' not allowed"],
    [{ webhook: { timeoutSeconds: 60 } }, "at '/webhook/timeoutSeconds'"],
    [{ webhook: { replicas: 'two' } }, "at '/webhook/replicas'"],
    [{ image: { digest: 'latest' } }, "at '/image/digest'"],
    [{ controllers: { adoption: { mode: 'sometimes' } } }, "at '/controllers/adoption/mode'"],
    [{ certificates: { source: 'vault' } }, "at '/certificates/source'"],
    [
      { certificates: { source: 'secret', caBundle: 'x' } },
      'certificates.secretName: expected the name of a Secret',
    ],
    [{ certificates: { source: 'secret', secretName: 'x' } }, 'certificates.caBundle: expected the PEM'],
    [{ controllers: { enabled: false } }, 'controllers.enabled: expected true'],
    [{ scheduler: { fallback: { label: '=x' } } }, "at '/scheduler/fallback/label'"],
    [{ webhook: { namespaceSelector: { matchLabels: null } } }, "at '/webhook/namespaceSelector'"],
    [
      { webhook: { namespaceSelector: { matchLabels: { [optIn]: null } } } },
      'matchLabels: expected tidegate.io/virtual-nodes: enabled',
    ],
    [
      { webhook: { namespaceSelector: { matchLabels: { [optIn]: 'maybe' } } } },
      'matchLabels: expected tidegate.io/virtual-nodes: enabled',
    ],
    [{ webhook: { strategy: { type: 'OnDelete' } } }, "at '/webhook/strategy/type'"],
    [
      { webhook: { strategy: { rollingUpdate: { maxSurge: 'some' } } } },
      "at '/webhook/strategy/rollingUpdate/maxSurge'",
    ],
    [
      { webhook: { strategy: { rollingUpdate: { maxSurge: 0 } } } },
      'webhook.strategy.rollingUpdate: expected',
    ],
    [
      { webhook: { hostNetwork: true, strategy: { rollingUpdate: { maxUnavailable: '0%' } } } },
      'webhook.strategy.rollingUpdate: expected',
    ],
    [{ webhook: { opsPort: 443 } }, 'webhook.opsPort: expected neither 443'],
    [{ webhook: { opsPort: 8443 } }, 'webhook.opsPort: expected neither 443'],
    [{ flowSchema: { matchingPrecedence: 1 } }, "at '/flowSchema/matchingPrecedence'"],
    [{ flowSchema: { matchingPrecedence: 10_001 } }, "at '/flowSchema/matchingPrecedence'"],
    [
      { flowSchema: { matchingPrecedence: 2 }, scheduler: { enabled: true } },
      'flowSchema.matchingPrecedence: expected 3 or more',
    ],
    [{ flowSchema: { priorityLevel: '' } }, "at '/flowSchema/priorityLevel'"],
    [{ webhook: { autoscaling: { minReplicas: 0 } } }, "at '/webhook/autoscaling/minReplicas'"],
    [{ webhook: { autoscaling: { maxReplicas: 0 } } }, "at '/webhook/autoscaling/maxReplicas'"],
    [{ webhook: { autoscaling: { targetCPUUtilizationPercentage: 0 } } }, "at '/webhook/autoscaling/target"],
    [
      { webhook: { autoscaling: { enabled: true, minReplicas: 7 } } },
      'webhook.autoscaling.minReplicas: expected',
    ],
    [
      byCertManager({ duration: '1h30m', renewBefore: '90m' }),
      'certificates.certManager.renewBefore: expected',
    ],
    [
      byCertManager({ duration: '2h', renewBefore: '1h60m1s' }),
      'certificates.certManager.renewBefore: expected',
    ],
  ])('refuses %j and says where', (values, says) => {
    const { code, stderr } = template(values);
    expect(code).not.toBe(0);
    expect(stderr).toContain(says);
  });

  it.each([
    ['objectSelector', { objectSelector: { matchLabels: { move: 'yes' } } }],
    ['matchConditions', { matchConditions: [{ name: 'never', expression: 'false' }] }],
    ['namespaceSelector.matchLabels', { namespaceSelector: { matchLabels: { tier: 'batch' } } }],
    [
      'namespaceSelector.matchExpressions',
      { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } },
    ],
  ])('refuses adoption where webhook.%s leaves out what adoption would rewrite', (value, webhook) => {
    for (const mode of ['on', 'report']) {
      const { stderr } = template({ webhook, controllers: { adoption: { mode } } });
      expect(stderr).toContain(`controllers.adoption.mode: expected off, because webhook.${value} is set`);
    }
    expect(template({ webhook }).code).toBe(0);
  });

  it.each([
    { flowSchema: { matchingPrecedence: 2 } },
    { flowSchema: { matchingPrecedence: 3 }, scheduler: { enabled: true } },
    { flowSchema: { matchingPrecedence: 10_000 } },
    { webhook: { autoscaling: { enabled: true, minReplicas: 6 } } },
    { webhook: { port: 9443, opsPort: 8443 } },
    byCertManager({ duration: '2h', renewBefore: '119m59s' }),
  ])('takes %j, which is just within', (values) => {
    expect(template(values)).toMatchObject({ code: 0, stderr: '' });
  });

  it('carries the very CustomResourceDefinition that the code prints', () => {
    const { metadata, ...rest } = find(render(), 'CustomResourceDefinition');
    const { metadata: wanted, ...printed } = policyCrd() as JsonObject & { metadata: JsonObject };
    expect(rest).toEqual(printed);
    expect(metadata.name).toBe(wanted['name']);
    expect(metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
  });
});

describe('the webhook configuration', () => {
  const configuration = (values: object = {}) =>
    find(render(values), 'MutatingWebhookConfiguration')['webhooks'] as unknown as (JsonObject & {
      namespaceSelector: { matchExpressions: Json };
      clientConfig: JsonObject;
    })[];

  it.each([
    [{}, 'true'],
    [{ aksEnforcerDisabled: true }, 'true'],
    [{ aksEnforcerDisabled: false }, undefined],
  ])('keeps AKS out unless it is let in: %j', (webhook, disabled) => {
    const { annotations = {} } = find(render({ webhook }), 'MutatingWebhookConfiguration').metadata;
    expect(annotations['admissions.enforcer/disabled']).toBe(disabled);
  });

  it('has the rules of the admission table', () => {
    const [workloads, bindings] = configuration();
    expect(workloads?.['rules']).toEqual(rulesFor('template'));
    expect(bindings?.['rules']).toEqual(rulesFor('binding'));
  });

  it.each([0, 1, 2])('can break no deploy, entry %i', (i) => {
    const entry = configuration({ scheduler: { enabled: true } })[i];
    expect(entry).toMatchObject({
      failurePolicy: 'Ignore',
      timeoutSeconds: 2,
      sideEffects: 'None',
      matchPolicy: 'Equivalent',
      reinvocationPolicy: 'IfNeeded',
      namespaceSelector: {
        matchLabels: { 'tidegate.io/virtual-nodes': 'enabled' },
        matchExpressions: [
          {
            key: 'kubernetes.io/metadata.name',
            operator: 'NotIn',
            values: ['tidegate-system', 'kube-system', 'kube-node-lease'],
          },
        ],
      },
    });
  });

  it('is asked about the status of pods only where the scheduler runs, and only of those that are turned away', () => {
    expect(configuration()).toHaveLength(2);
    const [, , status] = configuration({ scheduler: { enabled: true } });
    expect(status).toMatchObject({
      rules: rulesFor('status'),
      matchConditions: turnedAway,
      failurePolicy: 'Ignore',
    });
  });

  it('asks the conditions of the values of workloads alone: a Binding has no such fields', () => {
    const matchConditions = [{ name: 'is-tagged', expression: "'tag' in object.metadata.labels" }];
    const entries = configuration({ scheduler: { enabled: true }, webhook: { matchConditions } });
    const [workloads, ...others] = entries.map((entry) => entry['matchConditions']);
    expect(workloads).toEqual(matchConditions);
    const usual = configuration({ scheduler: { enabled: true } }).map((entry) => entry['matchConditions']);
    expect(others).toEqual(usual.slice(1));
    expect(configuration()[0]).not.toHaveProperty('matchConditions');
  });

  it('never keeps a kubelet from saying how a pod is', () => {
    const entries = configuration({ scheduler: { enabled: true }, webhook: { failurePolicy: 'Fail' } });
    expect(entries.map((entry) => entry['failurePolicy'])).toEqual(['Fail', 'Fail', 'Ignore']);
  });

  it('leaves the Bindings of our scheduler alone, which carry their mark', () => {
    const account = { serviceAccount: { name: 'binder' } };
    const [, bindings] = configuration({ scheduler: { enabled: true, ...account } });
    expect(bindings?.['matchConditions']).toEqual([
      {
        name: 'not-own-scheduler',
        expression: "request.userInfo.username != 'system:serviceaccount:tidegate-system:binder'",
      },
    ]);
    expect(configuration()[1]).not.toHaveProperty('matchConditions');
  });

  it('leaves itself and kube-system out, whatever the selector', () => {
    const namespaceSelector = { matchExpressions: [{ key: 'tier', operator: 'In', values: ['batch'] }] };
    const [entry] = configuration({ webhook: { namespaceSelector } });
    expect(entry?.namespaceSelector.matchExpressions).toEqual([
      expect.objectContaining({ key: 'kubernetes.io/metadata.name' }),
      ...namespaceSelector.matchExpressions,
    ]);
  });

  it('has a caBundle only where nobody writes it at run time', () => {
    expect(configuration().map(({ clientConfig }) => clientConfig['caBundle'])).toEqual([
      undefined,
      undefined,
    ]);
    const given = configuration(valueSets['an existing Secret']).map(
      ({ clientConfig }) => clientConfig['caBundle'],
    );
    const encoded = Buffer.from('-----BEGIN CERTIFICATE-----').toString('base64');
    expect(given).toEqual([encoded, encoded]);
  });
});

describe('the pods', () => {
  interface Template {
    readonly spec: {
      readonly template: {
        readonly spec: {
          readonly containers: readonly {
            readonly args: readonly string[];
            readonly securityContext: Json;
          }[];
          readonly securityContext: Json;
          readonly affinity: Json;
          readonly hostNetwork?: boolean;
          readonly volumes?: readonly Json[];
        };
      };
    };
  }
  const pod = (component: string, values: object = {}) =>
    (find(render(values), 'Deployment', `tidegate-${component}`) as unknown as Template).spec.template.spec;

  it.each(['webhook', 'controllers', 'scheduler'])('of %s run as nobody, on nothing virtual', (component) => {
    const spec = pod(component, { scheduler: { enabled: true } });
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(JSON.stringify(spec.affinity)).toContain(
      '{"key":"type","operator":"NotIn","values":["virtual-kubelet"]}',
    );
    expect(spec.hostNetwork).toBeUndefined();
  });

  it('hold up no drain while they are not ready', () => {
    const budgets = render({ scheduler: { enabled: true } }).filter(
      (one) => one['kind'] === 'PodDisruptionBudget',
    );
    expect(budgets.map(({ metadata }) => metadata.name)).toEqual([
      'tidegate-webhook',
      'tidegate-controllers',
      'tidegate-scheduler',
    ]);
    for (const budget of budgets)
      expect(budget['spec']).toMatchObject({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  });

  it.each(names)('of %s have commands that the code takes', (name) => {
    const deployments = render(valueSets[name]).filter((one) => one['kind'] === 'Deployment');
    for (const deployment of deployments as unknown as Template[]) {
      const [component, ...flags] = deployment.spec.template.spec.containers[0]?.args ?? [];
      const reads = { webhook: webhookFlags, controllers: controllersFlags, scheduler: schedulerFlags };
      expect(() => reads[component as keyof typeof reads](flags)).not.toThrow();
    }
  });

  it.each([
    [{}, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }],
    [{ hostNetwork: true }, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } }],
    [
      { hostNetwork: true, strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '50%' } } },
      { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '50%' } },
    ],
    [{ strategy: { type: 'Recreate' } }, { type: 'Recreate' }],
    [{ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 2 } } }, { type: 'Recreate' }],
    [
      { strategy: { rollingUpdate: null } },
      { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    ],
  ])('of the webhook, of %j, are rolled so that a new one finds its port', (webhook, strategy) => {
    const { spec } = find(render({ webhook }), 'Deployment', 'tidegate-webhook');
    expect((spec as JsonObject)['strategy']).toEqual(strategy);
  });

  it.each(names)('of the webhook, of %s, wait for a certificate that is not there yet', (name) => {
    const deployment = render(valueSets[name]).find(
      (one) => /-webhook$/.test(one.metadata.name ?? '') && one['kind'] === 'Deployment',
    );
    const { containers, volumes } = (deployment as unknown as Template).spec.template.spec;
    expect(webhookFlags(containers[0]?.args.slice(1) ?? [])).toMatchObject({ waitForCertificates: true });
    expect(volumes?.[0]).toMatchObject({ name: 'tls', secret: { optional: true } });
  });

  it.each([
    ['on', 'on'],
    ['report', 'report'],
    [true, 'on'],
    [false, 'off'],
  ])('take an adoption mode of %j', (mode, flag) => {
    const [container] = pod('controllers', { controllers: { adoption: { mode } } }).containers;
    expect(container?.args).toContain(`--adoption=${flag}`);
  });
});

describe('by cert-manager', () => {
  interface Issued {
    readonly isCA?: boolean;
    readonly secretName?: string;
    readonly ca?: { readonly secretName: string };
    readonly selfSigned?: object;
    readonly issuerRef?: { readonly name: string; readonly kind: string };
  }
  const objects = (name: 'cert-manager' | 'cert-manager with an issuer') => render(valueSets[name]);
  const spec = (all: readonly KubeObject[], kind: string, name = '') =>
    find(all, kind, name)['spec'] as unknown as Issued;

  it('a root of the release’s own signs what the webhook serves, and nothing that signs itself is served', () => {
    const all = objects('cert-manager');
    const leaf = spec(all, 'Certificate', 'tidegate-webhook');
    const { ca } = spec(all, 'Issuer', leaf.issuerRef?.name);
    const root = all.find((one) => (one['spec'] as Issued | undefined)?.isCA)?.['spec'] as unknown as Issued;
    expect(root.secretName).toBe(ca?.secretName);
    expect(spec(all, 'Issuer', root.issuerRef?.name)).toEqual({ selfSigned: {} });
    expect(leaf.isCA).toBeUndefined();
    expect(leaf.secretName).not.toBe(root.secretName);
  });

  it('the injector takes the authority of the very Certificate', () => {
    const { annotations } = find(objects('cert-manager'), 'MutatingWebhookConfiguration').metadata;
    expect(annotations).toMatchObject({
      'cert-manager.io/inject-ca-from': 'tidegate-system/tidegate-webhook',
    });
  });

  it('an issuer that is named is the only one', () => {
    const all = objects('cert-manager with an issuer');
    expect(all.filter(({ kind }) => kind === 'Issuer')).toEqual([]);
    expect(spec(all, 'Certificate', 'tidegate-webhook').issuerRef).toEqual({
      kind: 'ClusterIssuer',
      name: 'corp',
    });
    expect(all.filter(({ kind }) => kind === 'Certificate')).toHaveLength(1);
  });
});

describe('the scheduler', () => {
  const objects = (values: object = {}) => render({ scheduler: { enabled: true, ...values } });
  const named = (all: readonly KubeObject[]) =>
    all.filter(({ metadata }) => metadata.name === 'tidegate-scheduler').map((one) => String(one['kind']));

  it('is there only where it is asked for, with all that the others have', () => {
    expect(named(render())).toEqual([]);
    expect(named(objects()).sort()).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
      'Deployment',
      'FlowSchema',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'PriorityLevelConfiguration',
      'Role',
      'RoleBinding',
      'ServiceAccount',
    ]);
  });

  it('has the name that policies and the webhook know, and its flags', () => {
    const all = objects({ fallback: { label: 'pool=spare', headroomPercent: 20 } });
    const { spec } = find(all, 'Deployment', 'tidegate-scheduler');
    const { template: made } = spec as unknown as {
      template: { spec: { containers: [{ args: string[] }] } };
    };
    expect(schedulerFlags(made.spec.containers[0].args.slice(1))).toMatchObject({
      name: ownScheduler,
      policies: { paths: undefined },
      namespace: 'tidegate-system',
      pool: { key: 'pool', value: 'spare' },
      headroom: 0.2,
      noProgressMs: 60_000,
      concurrency: 64,
      bindsPerSecond: 5000,
    });
  });

  interface Schema {
    readonly matchingPrecedence: number;
    readonly rules: readonly [
      {
        readonly subjects: readonly { readonly serviceAccount: { readonly name: string } }[];
        readonly resourceRules: readonly { readonly resources: readonly string[] }[];
      },
    ];
  }

  it('has its Bindings and its Lease before all else that it asks of the API server', () => {
    const schema = (name: string) => find(objects(), 'FlowSchema', name)['spec'] as unknown as Schema;
    const [all, binds] = [schema('tidegate'), schema('tidegate-scheduler')];
    expect(binds.matchingPrecedence).toBeLessThan(all.matchingPrecedence);
    const [{ resourceRules }] = binds.rules;
    expect(resourceRules.flatMap(({ resources }) => resources)).toEqual(['pods/binding', 'leases']);
    const accounts = ({ rules }: Schema) =>
      rules[0].subjects.map(({ serviceAccount }) => serviceAccount.name);
    expect(accounts(binds)).toEqual(['tidegate-scheduler']);
    expect(accounts(all)).toEqual(['tidegate-webhook', 'tidegate-controllers', 'tidegate-scheduler']);
  });
});

describe('the metrics', () => {
  const scheduler = { enabled: true };
  const monitors = (kind: string, metrics: object, values: object = {}) =>
    render({ metrics, ...values })
      .filter((one) => one['kind'] === kind)
      .map(({ metadata }) => metadata.name);
  const all = ['tidegate-webhook', 'tidegate-controllers', 'tidegate-scheduler'];

  it.each([
    ['ServiceMonitor', 'serviceMonitor'],
    ['PodMonitor', 'podMonitor'],
  ])('are scraped of every component by a %s', (kind, value) => {
    const metrics = { [value]: { enabled: true } };
    expect(monitors(kind, metrics)).toEqual(all.slice(0, 2));
    expect(monitors(kind, metrics, { scheduler })).toEqual(all);
    const secret = { source: 'secret', secretName: 'x', caBundle: 'x' };
    expect(monitors(kind, metrics, { certificates: secret, controllers: { enabled: false } })).toEqual(
      all.slice(0, 1),
    );
  });

  it('are scraped once', () => {
    const both = { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } };
    expect([monitors('ServiceMonitor', both), monitors('PodMonitor', both)]).toEqual([all.slice(0, 2), []]);
  });

  it('are where each ServiceMonitor looks for them: one Service, with the port of its pods', () => {
    const objects = render({ metrics: { serviceMonitor: { enabled: true } }, scheduler });
    interface Spec {
      readonly selector: { readonly matchLabels: Record<string, string> };
      readonly endpoints: readonly { readonly port: string }[];
    }
    for (const name of all) {
      const { selector, endpoints } = find(objects, 'ServiceMonitor', name)['spec'] as unknown as Spec;
      const wanted = Object.entries(selector.matchLabels);
      const found = objects.filter(
        ({ kind, metadata }) =>
          kind === 'Service' && wanted.every(([key, value]) => metadata.labels?.[key] === value),
      );
      expect(found).toMatchObject([{ metadata: { name }, spec: { selector: selector.matchLabels } }]);
      const ports = (found[0]?.['spec'] as unknown as { ports: { name: string; targetPort: string }[] })
        .ports;
      expect(ports.find((port) => port.name === endpoints[0]?.port)?.targetPort).toBe('ops');
    }
    expect(render({ scheduler }).filter((one) => one['kind'] === 'Service')).toHaveLength(1);
  });

  it('have alerts for the components that are there', () => {
    const groups = (values: object) => {
      const rule = find(
        render({ metrics: { prometheusRule: { enabled: true } }, ...values }),
        'PrometheusRule',
      );
      const { groups: made } = rule['spec'] as unknown as { groups: { name: string; rules: object[] }[] };
      return made.map(({ name, rules }) => [name, rules.length]);
    };
    const controllers = ['tidegate-controllers', 2];
    expect(groups({})).toEqual([['tidegate', 9], controllers]);
    expect(groups({ scheduler })).toEqual([['tidegate', 9], controllers, ['tidegate-scheduler', 4]]);
    const secret = { source: 'secret', secretName: 'x', caBundle: 'x' };
    expect(groups({ certificates: secret, controllers: { enabled: false } })).toEqual([['tidegate', 9]]);
  });
});

describe('the roles', () => {
  interface Role extends KubeObject {
    readonly rules: readonly {
      readonly apiGroups: string[];
      readonly resources: string[];
      readonly verbs: string[];
    }[];
  }
  const role = (kind: string, name: string, values: object = {}) => find(render(values), kind, name) as Role;
  const verbs = (one: Role) => new Set(one.rules.flatMap((rule) => rule.verbs));

  it('let the webhook write nothing', () => {
    expect([...verbs(role('ClusterRole', 'tidegate-webhook'))].sort()).toEqual(['get', 'list', 'watch']);
  });

  it('let the controllers write CronJobs only where adoption is on', () => {
    const writes = (values: object) =>
      role('ClusterRole', 'tidegate-controllers', values).rules.find((rule) =>
        rule.resources.includes('cronjobs'),
      )?.verbs;
    expect(writes({})).toEqual(['list', 'watch']);
    expect(writes({ controllers: { adoption: { mode: 'report' } } })).toEqual(['list', 'watch']);
    expect(writes({ controllers: { adoption: { mode: 'on' } } })).toEqual(['list', 'watch', 'get', 'patch']);
  });

  it('let the controllers write log CRs in one namespace, and only where they keep them', () => {
    const name = 'tidegate-controllers-log-configs';
    expect(role('Role', name)).toMatchObject({
      metadata: { namespace: 'tidegate-system' },
      rules: [
        {
          resources: ['aliyunlogconfigs'],
          verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
        },
      ],
    });
    const elsewhere = { controllers: { logConfigs: { namespace: 'kube-system' } } };
    expect(role('Role', name, elsewhere).metadata.namespace).toBe('kube-system');
    const off = { controllers: { logConfigs: { enabled: false } } };
    expect(JSON.stringify(render(off).filter(({ kind }) => /Role/.test(String(kind))))).not.toContain(
      'aliyun',
    );
  });

  it('let the scheduler bind, tell and take away, and change no pod', () => {
    const { rules } = role('ClusterRole', 'tidegate-scheduler', { scheduler: { enabled: true } });
    const writes = rules.flatMap((rule) =>
      rule.verbs
        .filter((verb) => !['get', 'list', 'watch'].includes(verb))
        .map((verb) => `${verb} ${rule.resources.join()}`),
    );
    expect(writes).toEqual([
      'delete pods',
      'create pods/binding',
      'patch pods/status',
      'create events',
      'patch events',
    ]);
  });

  it('have no wildcard, and read Secrets in the release’s own namespace alone', () => {
    const roles = render({ scheduler: { enabled: true } }).filter((one) =>
      /Role$/.test(String(one['kind'])),
    ) as Role[];
    expect(roles.map(({ rules }) => JSON.stringify(rules)).join('')).not.toContain('*');
    const cluster = roles.filter((one) => one['kind'] === 'ClusterRole');
    expect(cluster.flatMap(({ rules }) => rules.flatMap((rule) => rule.resources))).not.toContain('secrets');
  });

  it.each(['webhook-rbac.yaml', 'controllers-rbac.yaml', 'scheduler-rbac.yaml'])(
    'say for each rule why, in %s',
    (file) => {
      const lines = readFileSync(join(chart, 'templates', file), 'utf8').split('\n');
      const rules = lines.flatMap((line, i) => (/^ {2}- \{?apiGroups/.test(line) ? [i] : []));
      expect(rules.length).toBeGreaterThan(5);
      const unsaid = rules.filter((i) => {
        const before = lines.slice(0, i).findLast((line) => /^ {2}(#|- \{?apiGroups)/.test(line)) ?? '';
        const isNext = /^ {2}- \{/.test(before) || /^ {2}- apiGroups/.test(before);
        return !before.trimStart().startsWith('#') && !isNext;
      });
      expect(unsaid).toEqual([]);
      expect(lines.filter((line) => /^ {2}#/.test(line)).length).toBeGreaterThanOrEqual(5);
    },
  );
});

describe('the README', () => {
  it('lists every value with its default', () => {
    const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as JsonObject;
    const text = readFileSync(join(chart, 'README.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `([\w.]+)` \| `(.*?)` \| /gm)].map(([, path = '', json = '']) => [
      path,
      json,
    ]);
    for (const [path = '', json = ''] of rows)
      expect([path, at(values, path)]).toEqual([path, JSON.parse(json)]);
    const listed = rows.map(([path = '']) => path);
    expect(
      leaves(values, '').filter((path) => !listed.some((one) => path === one || path.startsWith(`${one}.`))),
    ).toEqual([]);
  });
});

const at = (values: Json, path: string): Json | undefined =>
  path
    .split('.')
    .reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), values);

function leaves(value: Json, path: string): readonly string[] {
  if (!isObject(value) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, member]) =>
    leaves(member as Json, path === '' ? key : `${path}.${key}`),
  );
}
