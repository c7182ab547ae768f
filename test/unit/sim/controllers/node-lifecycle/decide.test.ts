import { describe, expect, it } from 'vitest';
import {
  healthOf,
  mayStay,
  unreachableTaints,
} from '../../../../../src/sim/controllers/node-lifecycle/decide.js';

describe('healthOf', () => {
  it('calls a node unreachable when its Lease was not renewed for more than 50 s', () => {
    expect(healthOf(0, 50_000)).toBe('ready');
    expect(healthOf(0, 50_001)).toBe('unreachable');
  });
});

describe('mayStay', () => {
  const unreachable = {
    key: 'node.kubernetes.io/unreachable',
    operator: 'Exists' as const,
    effect: 'NoExecute' as const,
  };

  it.each([
    { name: 'goes at once without a toleration', tolerations: undefined, ms: 0 },
    {
      name: 'the 300 s of DefaultTolerationSeconds',
      tolerations: [{ ...unreachable, tolerationSeconds: 300 }],
      ms: 300_000,
    },
    {
      name: 'the shortest of two',
      tolerations: [
        { ...unreachable, tolerationSeconds: 300 },
        { ...unreachable, tolerationSeconds: 60 },
      ],
      ms: 60_000,
    },
    { name: 'for ever without seconds', tolerations: [unreachable], ms: undefined },
    { name: 'a negative number is 0', tolerations: [{ ...unreachable, tolerationSeconds: -5 }], ms: 0 },
    {
      name: 'a toleration of the other effect does not help',
      tolerations: [{ ...unreachable, effect: 'NoSchedule' as const }],
      ms: 0,
    },
  ])('$name', ({ tolerations, ms }) => {
    expect(mayStay(tolerations, unreachableTaints)).toBe(ms);
  });
});
