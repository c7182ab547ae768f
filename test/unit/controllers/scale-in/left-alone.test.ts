import { describe, expect, it } from 'vitest';
import { createLeftAlone } from '../../../../src/controllers/scale-in/left-alone.js';
import { objectKey } from '../../../../src/kube/object.js';

const [a, b] = [objectKey('apps', 'a'), objectKey('apps', 'b')];

describe('createLeftAlone', () => {
  it('counts each pod once, by its reason, and tells what is news', () => {
    const counts = new Map<string, number>();
    const left = createLeftAlone((reason, pods) => counts.set(reason, pods));
    expect(left.note(a, 'cost-of-karpenter')).toBe('cost-of-karpenter');
    expect(left.note(a, 'cost-of-karpenter')).toBeUndefined();
    expect(left.note(b, 'cost-of-another')).toBeUndefined();
    expect(left.note(b, 'cost-of-karpenter')).toBe('cost-of-karpenter');
    expect(counts).toEqual(new Map([['cost-of-karpenter', 2]]));
    expect(left.note(a, 'cost-of-workload-spread')).toBe('cost-of-workload-spread');
    expect(left.note(b, 'marked')).toBeUndefined();
    expect(counts).toEqual(
      new Map([
        ['cost-of-karpenter', 0],
        ['cost-of-workload-spread', 1],
      ]),
    );
  });

  it('forgets a pod that is gone, and all of them', () => {
    const counts = new Map<string, number>();
    const left = createLeftAlone((reason, pods) => counts.set(reason, pods));
    left.note(a, 'cost-of-karpenter');
    left.note(b, 'cost-of-resource-policy');
    left.forget(a);
    left.forget(a);
    expect(counts.get('cost-of-karpenter')).toBe(0);
    left.clear();
    expect(counts.get('cost-of-resource-policy')).toBe(0);
    expect(left.note(a, 'cost-of-karpenter')).toBe('cost-of-karpenter');
  });
});
