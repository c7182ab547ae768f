import { describe, expect, it } from 'vitest';
import type { LabelSelector } from '../../../src/objects/pod.js';
import { compileSelector, isEmptySelector } from '../../../src/objects/selector.js';

const expression = (
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  values?: string[],
): LabelSelector => ({ matchExpressions: [{ key: 'tier', operator, ...(values && { values }) }] });

describe('compileSelector', () => {
  it.each<[string, LabelSelector, Record<string, string>, boolean]>([
    ['an empty selector and no labels', {}, {}, true],
    ['an equal label', { matchLabels: { tier: 'batch' } }, { tier: 'batch', app: 'a' }, true],
    ['another value', { matchLabels: { tier: 'batch' } }, { tier: 'web' }, false],
    ['an absent label', { matchLabels: { tier: 'batch' } }, {}, false],
    ['an empty value and an absent label', { matchLabels: { tier: '' } }, {}, false],
    ['an empty value and an empty label', { matchLabels: { tier: '' } }, { tier: '' }, true],
    ['In with the value', expression('In', ['web', 'batch']), { tier: 'batch' }, true],
    ['In with an absent label', expression('In', ['batch']), {}, false],
    ['NotIn with the value', expression('NotIn', ['batch']), { tier: 'batch' }, false],
    ['NotIn with another value', expression('NotIn', ['batch']), { tier: 'web' }, true],
    ['NotIn with an absent label', expression('NotIn', ['batch']), {}, true],
    ['Exists with an empty label', expression('Exists'), { tier: '' }, true],
    ['Exists with an absent label', expression('Exists'), {}, false],
    ['DoesNotExist with a label', expression('DoesNotExist'), { tier: '' }, false],
    ['DoesNotExist with an absent label', expression('DoesNotExist'), {}, true],
    ['one of two requirements', { matchLabels: { tier: 'batch', app: 'a' } }, { tier: 'batch' }, false],
    [
      'a key that objects inherit',
      { matchExpressions: [{ key: 'toString', operator: 'Exists' }] },
      {},
      false,
    ],
  ])('judges %s', (_, selector, labels, fits) => {
    expect(compileSelector(selector)(labels)).toBe(fits);
  });
});

describe('isEmptySelector', () => {
  it.each<[string, LabelSelector, boolean]>([
    ['nothing', {}, true],
    ['empty parts', { matchLabels: {}, matchExpressions: [] }, true],
    ['a label', { matchLabels: { a: '' } }, false],
    ['an expression', { matchExpressions: [{ key: 'a', operator: 'Exists' }] }, false],
  ])('judges %s', (_, selector, empty) => {
    expect(isEmptySelector(selector)).toBe(empty);
  });
});
