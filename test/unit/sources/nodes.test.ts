import { describe, expect, it } from 'vitest';
import { createNodeRegistry, toVirtualNode } from '../../../src/sources/nodes.js';
import type { KubeObject } from '../../../src/kube/object.js';

function node(labels: Record<string, string>, taints: object[] = [], spec: object = {}): KubeObject {
  return {
    metadata: { name: 'n-1', uid: 'u-1', labels },
    spec: { ...spec, taints },
  } as unknown as KubeObject;
}

const eciTaint = { key: 'virtual-kubelet.io/provider', value: 'alibabacloud', effect: 'NoSchedule' };

describe('toVirtualNode', () => {
  it.each([
    ['ECI', node({ type: 'virtual-kubelet' }, [eciTaint]), 'alibaba-eci'],
    [
      'a super node',
      node({ 'node.kubernetes.io/instance-type': 'eklet' }, [
        { key: 'eks.tke.cloud.tencent.com/eklet', effect: 'NoSchedule' },
      ]),
      'tencent-supernode',
    ],
    ['a virtual kubelet of nobody we know', node({ type: 'virtual-kubelet' }), 'virtual-kubelet'],
  ])('knows %s by labels and taints, the most specific preset first', (_, object, first) => {
    expect(toVirtualNode(object)?.providers[0]).toBe(first);
  });

  it('lets a node belong to every preset that it fits', () => {
    expect(toVirtualNode(node({ type: 'virtual-kubelet' }, [eciTaint]))?.providers).toContain(
      'virtual-kubelet',
    );
  });

  it('keeps no ordinary node', () => {
    expect(
      toVirtualNode(node({ 'kubernetes.io/os': 'linux' }, [{ key: 'a', effect: 'NoSchedule' }])),
    ).toBeUndefined();
  });

  it('is not misled by a name', () => {
    const object = { ...node({}), metadata: { name: 'virtual-kubelet-cn-a', uid: 'u' } };
    expect(toVirtualNode(object)).toBeUndefined();
  });

  it('sees the cordon', () => {
    expect(toVirtualNode(node({ type: 'virtual-kubelet' }, [], { unschedulable: true }))?.cordoned).toBe(
      true,
    );
  });

  it('sees that Karpenter made it', () => {
    const labels = { type: 'virtual-kubelet', 'karpenter.sh/nodepool': 'default' };
    expect(toVirtualNode(node(labels))?.byKarpenter).toBe(true);
    expect(toVirtualNode(node({ type: 'virtual-kubelet' }))?.byKarpenter).toBe(false);
  });

  it('survives a node without spec and labels', () => {
    expect(toVirtualNode({ metadata: { name: 'n' } })).toBeUndefined();
  });
});

describe('createNodeRegistry', () => {
  it('tells listeners of a cordon and of nothing that says the same', () => {
    const registry = createNodeRegistry();
    const changes: string[] = [];
    registry.subscribe(({ key, after }) => changes.push(`${key} ${String(after?.cordoned)}`));
    const open = toVirtualNode(node({ type: 'virtual-kubelet' }));
    const cordoned = toVirtualNode(node({ type: 'virtual-kubelet' }, [], { unschedulable: true }));
    for (const one of [open, open, cordoned]) if (one) registry.put(one);
    expect(changes).toEqual(['n-1 false', 'n-1 true']);
  });
});
