import { describe, expect, it } from 'vitest';
import { aspects } from '../../../../src/placement/aspects/registry.js';
import { aspectNames } from '../../../../src/placement/intent.js';

describe('the order of the aspects', () => {
  it('is the order in which they are explained; the last word is the policy’s own variables', () => {
    expect(aspects.map(({ name }) => name)).toEqual([
      'tolerations',
      'affinity',
      'startup',
      'provider',
      'logs',
      'tracing',
      'scheduling',
      'resilience',
      'env',
    ]);
    expect(aspects.map(({ name }) => name)).toEqual(aspectNames);
  });
});
