import { describe, expect, it } from 'vitest';
import type { SelectorRequirement } from '../../../../src/objects/pod.js';
import { affinity } from '../../../../src/placement/aspects/affinity.js';
import type { Wish } from '../../../../src/placement/intent.js';
import { on, wishesOf } from '../../../support/aspect.js';

const isIn = (key: string, value: string): SelectorRequirement => ({ key, operator: 'In', values: [value] });
const eci = { matchExpressions: [isIn('type', 'virtual-kubelet')] };
const kwok = { matchExpressions: [isIn('type', 'kwok')] };
const prefer = (weight: number, preference: object): Wish => ({
  slot: 'preferredAffinity',
  value: { weight, preference },
});
const require = (...terms: object[]): Wish => ({ slot: 'requiredAffinity', terms });

describe('node affinity', () => {
  it.each<[string, Record<string, unknown>, Wish[]]>([
    ['VirtualOnly, one provider', on('VirtualOnly', 'kwok'), [require(kwok)]],
    [
      'VirtualOnly, several: alternatives, and weights in order',
      on('VirtualOnly', 'alibaba-eci', 'kwok'),
      [require(eci, kwok), prefer(100, eci), prefer(90, kwok)],
    ],
    [
      'VirtualOnly, labels that two providers share: once',
      on('VirtualOnly', 'alibaba-eci', 'virtual-kubelet'),
      [require(eci), prefer(100, eci), prefer(90, eci)],
    ],
    ['PreferVirtual, one provider', on('PreferVirtual', 'kwok'), [prefer(100, kwok)]],
    [
      'PreferVirtual, several',
      on('PreferVirtual', 'kwok', 'alibaba-eci'),
      [prefer(100, kwok), prefer(90, eci)],
    ],
    [
      'PreferReal, one provider: ordinary nodes first',
      on('PreferReal', 'kwok'),
      [prefer(100, { matchExpressions: [{ key: 'type', operator: 'NotIn', values: ['kwok'] }] })],
    ],
    [
      'PreferReal, several: off all of them, and below that in order',
      on('PreferReal', 'alibaba-eci', 'kwok'),
      [
        prefer(100, {
          matchExpressions: [
            { key: 'type', operator: 'NotIn', values: ['virtual-kubelet'] },
            { key: 'type', operator: 'NotIn', values: ['kwok'] },
          ],
        }),
        prefer(50, eci),
        prefer(45, kwok),
      ],
    ],
    [
      'a label with any value',
      on('VirtualOnly', 'oci-virtual-node'),
      [require({ matchExpressions: [{ key: 'node-role.kubernetes.io/virtual-node', operator: 'Exists' }] })],
    ],
    [
      'off a label with any value',
      on('PreferReal', 'oci-virtual-node'),
      [
        prefer(100, {
          matchExpressions: [{ key: 'node-role.kubernetes.io/virtual-node', operator: 'DoesNotExist' }],
        }),
      ],
    ],
    [
      'several labels: all of them to go there',
      on('VirtualOnly', 'azure-vn2'),
      [
        require({
          matchExpressions: [isIn('virtualization', 'virtualnode2'), isIn('kubernetes.io/os', 'linux')],
        }),
      ],
    ],
    [
      'several labels: the first of them to stay away',
      on('PreferReal', 'azure-vn2'),
      [
        prefer(100, {
          matchExpressions: [{ key: 'virtualization', operator: 'NotIn', values: ['virtualnode2'] }],
        }),
      ],
    ],
    ['a provider that is steered by a label', on('VirtualOnly', 'alibaba-acs'), []],
  ])('for %s', (_, spec, wishes) => {
    expect(wishesOf(affinity, spec)).toEqual(wishes);
  });

  it('has the weights of the policy, and at least 1', () => {
    const providers = [
      { name: 'kwok', weight: 1 },
      { name: 'alibaba-eci', weight: 80 },
    ];
    expect(wishesOf(affinity, { placement: { type: 'PreferReal', providers } }).slice(1)).toEqual([
      prefer(1, kwok),
      prefer(40, eci),
    ]);
  });
});
