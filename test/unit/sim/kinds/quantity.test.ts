import { describe, expect, it } from 'vitest';
import { canonicalQuantity } from '../../../../src/sim/kinds/quantity.js';

describe('canonicalQuantity', () => {
  it.each([
    ['0.5', '500m'],
    ['500m', '500m'],
    ['1000m', '1'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['1024Mi', '1Gi'],
    ['0.5Gi', '512Mi'],
    ['1000Mi', '1000Mi'],
    ['100', '100'],
    ['1e3', '1e3'],
    ['0', '0'],
    ['-2', '-2'],
    ['.5', '500m'],
    ['2Ki', '2Ki'],
    ['0.5Ki', '512'],
  ])('writes %s as %s', (text, expected) => {
    expect(canonicalQuantity(text)).toBe(expected);
  });

  it.each(['', 'abc', '1x', '1 Gi', '--1', 'Gi'])('has no form for %j', (text) => {
    expect(canonicalQuantity(text)).toBeUndefined();
  });
});
