import { describe, expect, it } from 'vitest';
import type { Workload } from '../../../src/objects/workload.js';
import { refuse, refuseFor, type Prospect, type Refused } from '../../../src/placement/gate.js';
import { readPodFacts } from '../../../src/placement/pod-facts.js';
import type { Provider } from '../../../src/providers/provider.js';
import { container, pod, provider, type Parts } from '../../support/build.js';
import { workload } from '../../support/workload.js';

const factsOf = (spec: Parts, metadata: Parts = {}) => readPodFacts(pod({ spec, metadata }), '');

describe('refuse', () => {
  it.each<[string, Partial<Workload>, Parts, Refused | undefined]>([
    ['nothing special', {}, {}, undefined],
    ['a deletionTimestamp', { deleting: true }, {}, { because: 'being-deleted' }],
    ['a DaemonSet as owner', { controllerKind: 'DaemonSet' }, {}, { because: 'daemonset-pod' }],
    ['a ReplicaSet as owner', { controllerKind: 'ReplicaSet' }, {}, undefined],
    [
      'the mark of a mirror pod',
      { annotations: { 'kubernetes.io/config.mirror': '' } },
      {},
      { because: 'mirror-pod' },
    ],
    ['a node name', {}, { nodeName: 'n1' }, { because: 'has-node-name', where: 'n1' }],
    ['an empty node name', {}, { nodeName: '' }, undefined],
  ])('of a workload with %s', (_, about, spec, refused) => {
    expect(refuse(workload(about), factsOf(spec))).toEqual(refused);
  });
});

const free: Prospect = { bound: false, takesAway: [], annotates: new Set() };
const bound: Prospect = { ...free, bound: true };

/** A provider of the test's own, so that a fact of a preset may change. */
const withRestrictions = (
  restrictions: Provider['restrictions'],
  more: Partial<Provider> = {},
): Provider => ({
  ...provider('kwok'),
  restrictions,
  ...more,
});

describe('refuseFor, by host features', () => {
  it.each<[string, Parts, Refused]>([
    ['hostNetwork', { hostNetwork: true }, { because: 'host-network', where: 'the pod' }],
    ['hostPID', { hostPID: true }, { because: 'host-pid', where: 'the pod' }],
    ['hostIPC', { hostIPC: true }, { because: 'host-ipc', where: 'the pod' }],
    [
      'a hostPort',
      { containers: [container({ ports: [{ containerPort: 80, hostPort: 80 }] })] },
      { because: 'host-port', where: 'container app' },
    ],
    [
      'a hostPath',
      { volumes: [{ name: 'a', hostPath: { path: '/' } }] },
      { because: 'host-path', where: 'volume a' },
    ],
    [
      'a privileged container',
      { containers: [container({ securityContext: { privileged: true } })] },
      { because: 'privileged', where: 'container app' },
    ],
  ])('refuses %s, unless the preset allows it', (_, spec, refused) => {
    expect(refuseFor(withRestrictions({}), factsOf(spec), free)).toEqual(refused);
    const allows = (['hostNetwork', 'hostPID', 'hostIPC', 'hostPort', 'hostPath', 'privileged'] as const).map(
      (feature) => ({ feature, source: 'a' }),
    );
    expect(refuseFor(withRestrictions({ allows }), factsOf(spec), free)).toBeUndefined();
  });

  it('names one that is not allowed where another one is', () => {
    const allowing = withRestrictions({ allows: [{ feature: 'hostNetwork', source: 'a' }] });
    expect(refuseFor(allowing, factsOf({ hostNetwork: true, hostIPC: true }), free)).toEqual({
      because: 'host-ipc',
      where: 'the pod',
    });
  });
});

describe('refuseFor, by what the preset lists', () => {
  const source = 'a';
  const volumes = (...names: string[]) => names.map((name) => ({ name, emptyDir: {} }));

  it.each<[string, Provider['restrictions'], Parts, Refused | undefined]>([
    [
      'a refusal',
      { refuses: [{ what: 'startupProbe', source }] },
      { containers: [container({ startupProbe: {} })] },
      { because: 'startup-probe', where: 'container app' },
    ],
    [
      'a refusal that the pod does not meet',
      { refuses: [{ what: 'startupProbe', source }] },
      { containers: [container({ livenessProbe: {} })] },
      undefined,
    ],
    [
      'a reserved port',
      { reservedPorts: { ports: [9100], source } },
      { containers: [container({ ports: [{ containerPort: 9100 }] })] },
      { because: 'reserved-port', where: 'container app, port 9100' },
    ],
    [
      'another port',
      { reservedPorts: { ports: [9100], source } },
      { containers: [container({ ports: [{ containerPort: 9101 }] })] },
      undefined,
    ],
    [
      'a volume type that is not listed',
      { volumeTypes: { types: ['emptyDir'], source } },
      { volumes: [...volumes('a'), { name: 'b', nfs: {} }] },
      { because: 'volume-type', where: 'volume b, nfs' },
    ],
    [
      'a csi driver that is not listed',
      { volumeTypes: { types: ['csi'], csiDrivers: ['file.csi.azure.com'], source } },
      { volumes: [{ name: 'b', csi: { driver: 'disk.csi.azure.com' } }] },
      { because: 'volume-type', where: 'volume b, csi' },
    ],
    [
      'any csi driver where none is listed',
      { volumeTypes: { types: ['csi'], source } },
      { volumes: [{ name: 'b', csi: { driver: 'disk.csi.azure.com' } }] },
      undefined,
    ],
    [
      'too many containers, init containers with them',
      { maxContainers: { count: 1, source } },
      { initContainers: [container({ name: 'init' })] },
      { because: 'too-many-containers', where: '2 of 1' },
    ],
    ['as many containers as may be', { maxContainers: { count: 1, source } }, {}, undefined],
    [
      'too many volumes',
      { maxVolumes: { count: 1, source } },
      { volumes: volumes('a', 'b') },
      { because: 'too-many-volumes', where: '2 of 1' },
    ],
    [
      'as many volumes as may be',
      { maxVolumes: { count: 2, source } },
      { volumes: volumes('a', 'b') },
      undefined,
    ],
  ])('judges %s', (_, restrictions, spec, refused) => {
    expect(refuseFor(withRestrictions(restrictions), factsOf(spec), free)).toEqual(refused);
  });
});

describe('refuseFor, by requests', () => {
  const podSize = 'resource.cci.io/pod-size-specs';
  const sized = { containers: [container({ resources: { requests: { cpu: '1', memory: '1Gi' } } })] };
  const cci = provider('huawei-cci');

  it.each<[string, Parts, Parts, Prospect, Refused | undefined]>([
    ['without', {}, {}, free, { because: 'requests-missing' }],
    ['with', sized, {}, free, undefined],
    ['without, but the pod states its size', {}, { annotations: { [podSize]: '2_4' } }, free, undefined],
    [
      'without, but the policy states its size',
      {},
      {},
      { ...free, annotates: new Set([podSize]) },
      undefined,
    ],
    [
      'without, but the pod carries another annotation',
      {},
      { annotations: { a: 'b' } },
      free,
      { because: 'requests-missing' },
    ],
  ])('judges a pod %s', (_, spec, metadata, prospect, refused) => {
    expect(refuseFor(cci, factsOf(spec, metadata), prospect)).toEqual(refused);
  });

  it('lets one through where the provider has a size of its own for it', () => {
    expect(refuseFor(provider('aws-fargate'), factsOf({}), free)).toBeUndefined();
  });
});

describe('refuseFor, by fields that a variable reads', () => {
  const vk = provider('virtual-kubelet');
  const reads = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const inEnv = (...env: object[]): Parts => ({ containers: [container({ env })] });
  const traced: Prospect = { ...free, takesAway: ['JAEGER_AGENT_HOST', 'JAEGER_ENDPOINT'] };
  const hostIp = {
    because: 'field-path',
    where: 'container app, JAEGER_AGENT_HOST from status.hostIP',
  } as const;

  it.each<[string, Parts, Prospect, Refused | undefined]>([
    ['one that the provider resolves', inEnv(reads('A', 'metadata.name')), free, undefined],
    ['a label in brackets', inEnv(reads('A', "metadata.labels['app']")), free, undefined],
    [
      'the address of the pod',
      inEnv(reads('A', 'status.podIP')),
      free,
      { because: 'field-path', where: 'container app, A from status.podIP' },
    ],
    ['the address of an agent', inEnv(reads('JAEGER_AGENT_HOST', 'status.hostIP')), free, hostIp],
    [
      'the address of an agent that the merge takes away',
      inEnv(reads('JAEGER_AGENT_HOST', 'status.hostIP')),
      traced,
      undefined,
    ],
    [
      'an address that stays because a variable refers to it',
      inEnv(reads('JAEGER_AGENT_HOST', 'status.hostIP'), { name: 'A', value: '$(JAEGER_AGENT_HOST)' }),
      traced,
      hostIp,
    ],
    [
      'an address that goes with the one that refers to it',
      inEnv(reads('JAEGER_AGENT_HOST', 'status.hostIP'), {
        name: 'JAEGER_ENDPOINT',
        value: '$(JAEGER_AGENT_HOST)',
      }),
      traced,
      undefined,
    ],
    [
      'an address that stays because its name is there twice',
      inEnv(reads('JAEGER_AGENT_HOST', 'status.hostIP'), { name: 'JAEGER_AGENT_HOST', value: 'jaeger' }),
      traced,
      hostIp,
    ],
  ])('judges %s', (_, spec, prospect, refused) => {
    expect(refuseFor(vk, factsOf(spec), prospect)).toEqual(refused);
  });

  it('lets anything through where the provider names no fields', () => {
    expect(refuseFor(provider('kwok'), factsOf(inEnv(reads('A', 'status.podIP'))), free)).toBeUndefined();
  });
});

describe('refuseFor, by node selector and affinity', () => {
  const kwok = provider('kwok');
  const azure = provider('azure-aci');
  const term = (...expressions: [key: string, operator: string, ...values: string[]][]) => ({
    matchExpressions: expressions.map(([key, operator, ...values]) => ({ key, operator, values })),
  });
  const terms = (...nodeSelectorTerms: object[]): Parts => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  });
  const conflict = (where: string): Refused => ({ because: 'node-selector-conflict', where });

  it.each<[string, Provider, Parts, Refused | undefined]>([
    [
      'another value of its label',
      kwok,
      { nodeSelector: { type: 'metal' } },
      conflict('nodeSelector type: metal'),
    ],
    ['its own label', kwok, { nodeSelector: { type: 'kwok' } }, undefined],
    ['a label that it says nothing of', kwok, { nodeSelector: { zone: 'a' } }, undefined],
    [
      'a term for other nodes',
      kwok,
      terms(term(['type', 'NotIn', 'kwok'])),
      conflict('node affinity on type'),
    ],
    [
      'one term of two for other nodes',
      kwok,
      terms(term(['type', 'NotIn', 'kwok']), term(['zone', 'Exists'])),
      undefined,
    ],
    [
      'an empty term beside one for other nodes',
      kwok,
      terms({}, term(['type', 'NotIn', 'kwok'])),
      conflict('node affinity on type'),
    ],
    ['empty terms alone, which match no node anyway', kwok, terms({}), undefined],
    [
      'two terms, each against another of its labels',
      azure,
      terms(term(['type', 'In', 'metal']), term(['kubernetes.io/os', 'In', 'windows'])),
      conflict('node affinity on type, kubernetes.io/role, kubernetes.io/os'),
    ],
    [
      'no value of a label that it has with any value',
      provider('oci-virtual-node'),
      { nodeSelector: { 'node-role.kubernetes.io/virtual-node': 'x' } },
      undefined,
    ],
  ])('judges %s', (_, one, spec, refused) => {
    expect(refuseFor(one, factsOf(spec), bound)).toEqual(refused);
    expect(refuseFor(one, factsOf(spec), free)).toBeUndefined();
  });

  it('does not ask where the provider is not steered by labels', () => {
    expect(
      refuseFor(provider('alibaba-acs'), factsOf({ nodeSelector: { type: 'metal' } }), bound),
    ).toBeUndefined();
  });
});
