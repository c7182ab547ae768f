import { describe, expect, it } from 'vitest';
import type { Taint } from '../../../src/objects/pod.js';
import { acceptanceOf, findProvider, fitProviders, providerNames } from '../../../src/providers/registry.js';

describe('findProvider', () => {
  it('knows twelve providers', () => {
    expect([...providerNames].sort()).toEqual([
      'alibaba-acs',
      'alibaba-eci',
      'aws-fargate',
      'azure-aci',
      'azure-vn2',
      'huawei-cci',
      'kwok',
      'liqo',
      'oci-virtual-node',
      'tencent-supernode',
      'virtual-kubelet',
      'volcengine-vci',
    ]);
  });

  it('finds a provider by its name', () => {
    expect(findProvider('kwok')?.title).toBe('KWOK');
  });

  it.each(['KWOK', '', 'constructor', '__proto__'])('knows no %j', (name) => {
    expect(findProvider(name)).toBeUndefined();
  });
});

describe('acceptanceOf', () => {
  it("gives a provider's own bucket", () => {
    expect(acceptanceOf(provider('alibaba-eci'))).toMatchObject({ burst: 100, perSecond: 20 });
  });

  it("gives virtual-kubelet's to any other", () => {
    expect(acceptanceOf(provider('tencent-supernode'))).toMatchObject({ burst: 100, perSecond: 10 });
  });
});

describe('fitProviders', () => {
  interface Case {
    readonly node: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly taints: readonly Taint[];
    readonly fits: readonly string[];
  }
  const vk = 'virtual-kubelet.io/provider';

  it.each<Case>([
    { node: 'an ordinary node', labels: { 'kubernetes.io/os': 'linux' }, taints: [], fits: [] },
    {
      node: 'a node of ack-virtual-node',
      labels: { type: 'virtual-kubelet' },
      taints: [{ key: vk, value: 'alibabacloud', effect: 'NoSchedule' }],
      fits: ['alibaba-eci', 'alibaba-acs', 'virtual-kubelet', 'huawei-cci'],
    },
    {
      node: 'a virtual kubelet of nobody in particular',
      labels: { type: 'virtual-kubelet' },
      taints: [{ key: vk, value: 'mock', effect: 'NoSchedule' }],
      fits: ['virtual-kubelet', 'huawei-cci'],
    },
    {
      node: 'a virtual kubelet whose taint was switched off',
      labels: { type: 'virtual-kubelet' },
      taints: [],
      fits: ['virtual-kubelet'],
    },
    {
      node: 'a super node',
      labels: { 'node.kubernetes.io/instance-type': 'eklet' },
      taints: [{ key: 'eks.tke.cloud.tencent.com/eklet', effect: 'NoSchedule' }],
      fits: ['tencent-supernode'],
    },
    {
      node: 'a super node whose taint was removed',
      labels: { 'node.kubernetes.io/instance-type': 'eklet' },
      taints: [],
      fits: ['tencent-supernode'],
    },
    {
      node: 'the AKS add-on, which the route controller has tainted too',
      labels: { type: 'virtual-kubelet', 'kubernetes.io/role': 'agent', 'kubernetes.io/os': 'linux' },
      taints: [
        { key: vk, value: 'azure', effect: 'NoSchedule' },
        { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' },
      ],
      fits: ['azure-aci', 'virtual-kubelet', 'huawei-cci'],
    },
    {
      node: 'a Liqo node',
      labels: { type: 'virtual-kubelet', 'liqo.io/type': 'virtual-node' },
      taints: [{ key: 'virtual-node.liqo.io/not-allowed', value: 'true', effect: 'NoExecute' }],
      fits: ['liqo', 'virtual-kubelet'],
    },
    {
      node: 'a Liqo node that is still without its taint',
      labels: { type: 'virtual-kubelet', 'liqo.io/type': 'virtual-node' },
      taints: [],
      fits: ['virtual-kubelet'],
    },
    {
      node: 'a taint of the right key with another effect',
      labels: {},
      taints: [{ key: 'vci.vke.volcengine.com/node-type', value: 'vci', effect: 'PreferNoSchedule' }],
      fits: [],
    },
    {
      node: 'an Oracle virtual node, whose label has no value',
      labels: { 'node-role.kubernetes.io/virtual-node': '' },
      taints: [],
      fits: ['oci-virtual-node'],
    },
    {
      node: 'a Fargate node',
      labels: { 'eks.amazonaws.com/compute-type': 'fargate' },
      taints: [{ key: 'eks.amazonaws.com/compute-type', value: 'fargate', effect: 'NoSchedule' }],
      fits: ['aws-fargate'],
    },
    {
      node: 'a KWOK node that plays a super node',
      labels: { type: 'kwok', 'node.kubernetes.io/instance-type': 'eklet' },
      taints: [{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }],
      fits: ['kwok', 'tencent-supernode'],
    },
  ])('knows $node', ({ labels, taints, fits }) => {
    expect(fitProviders(labels, taints).map(({ name }) => name)).toEqual(fits);
  });
});

function provider(name: string) {
  const found = findProvider(name);
  if (found === undefined) throw new Error(`no provider ${name}`);
  return found;
}
