import { describe, expect, it } from 'vitest';
import { tolerations } from '../../../../src/placement/aspects/tolerations.js';
import { on, wishesOf } from '../../../support/aspect.js';

describe('tolerations', () => {
  it('are those of every provider, without the source of the fact', () => {
    expect(wishesOf(tolerations, on('VirtualOnly', 'alibaba-eci', 'kwok'))).toEqual([
      {
        slot: 'toleration',
        value: {
          key: 'virtual-kubelet.io/provider',
          operator: 'Equal',
          value: 'alibabacloud',
          effect: 'NoSchedule',
        },
      },
      { slot: 'toleration', value: { key: 'kwok.x-k8s.io/node', operator: 'Exists', effect: 'NoSchedule' } },
    ]);
  });

  it('hold the one for a network that no route leads to where the provider needs it', () => {
    expect(wishesOf(tolerations, on('PreferReal', 'azure-aci'))).toContainEqual({
      slot: 'toleration',
      value: { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' },
    });
  });

  it('are none where the provider is steered otherwise', () => {
    expect(wishesOf(tolerations, on('VirtualOnly', 'volcengine-vci'))).toEqual([]);
  });
});
