import { describe, expect, it } from 'vitest';
import { resilience } from '../../../../src/placement/aspects/resilience.js';
import { wishesOf } from '../../../support/aspect.js';

const away = (key: string, tolerationSeconds: number) => ({
  slot: 'timedToleration',
  value: { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
});

describe('resilience', () => {
  it('is not asked for where the policy does not', () => {
    expect(wishesOf(resilience)).toEqual([]);
  });

  it.each([3600, 0])('tolerates a node that is away for %d seconds', (seconds) => {
    expect(wishesOf(resilience, { resilience: { unreachableSeconds: seconds } })).toEqual([
      away('node.kubernetes.io/not-ready', seconds),
      away('node.kubernetes.io/unreachable', seconds),
    ]);
  });
});
