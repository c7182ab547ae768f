import { describe, expect, it } from 'vitest';
import { extraEnv } from '../../../../src/placement/aspects/extra-env.js';
import { wishesOf } from '../../../support/aspect.js';

describe('the variables of the policy', () => {
  it.each<[string, object, object]>([
    ['a value', { name: 'A', value: 'b' }, { value: { name: 'A', value: 'b' }, override: false }],
    [
      'a value that overrides',
      { name: 'A', value: 'b', override: true },
      { value: { name: 'A', value: 'b' }, override: true },
    ],
    [
      'a secret',
      { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
      {
        value: { name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } },
        override: false,
      },
    ],
    [
      'an empty value, as the API server stores it',
      { name: 'A', value: '' },
      { value: { name: 'A' }, override: false },
    ],
    [
      'a field, as the API server stores it',
      { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      {
        value: { name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
        override: false,
      },
    ],
  ])('are %s', (_, entry, wish) => {
    expect(wishesOf(extraEnv, { env: [entry] })).toEqual([{ slot: 'env', ...wish }]);
  });
});
