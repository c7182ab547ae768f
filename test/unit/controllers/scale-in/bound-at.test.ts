import { describe, expect, it } from 'vitest';
import { boundAt } from '../../../../src/controllers/scale-in/bound-at.js';
import { pod } from '../../../support/kube.js';

const made = { creationTimestamp: '2026-03-01T00:00:00Z' };
const scheduled = (status: string) => ({
  status: {
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-03-01T00:09:00Z' },
      { type: 'PodScheduled', status, lastTransitionTime: '2026-03-01T00:00:07Z' },
    ],
  },
});

describe('boundAt', () => {
  it('is when the condition PodScheduled became true', () => {
    expect(boundAt(pod('a', made, scheduled('True')))).toBe(Date.UTC(2026, 2, 1, 0, 0, 7));
  });

  it.each([
    ['has no status', {}],
    ['was not to be scheduled', scheduled('False')],
  ])('is when the pod was made, where it %s', (_, status) => {
    expect(boundAt(pod('a', made, status))).toBe(Date.UTC(2026, 2, 1));
  });
});
