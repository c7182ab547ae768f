import { describe, expect, it } from 'vitest';
import {
  allowsLabel,
  isEmptyTerm,
  missingExpressions,
  sameRequirement,
} from '../../../src/objects/affinity.js';
import type { NodeSelectorTerm, SelectorRequirement } from '../../../src/objects/pod.js';

const zone = (...values: string[]): SelectorRequirement => ({ key: 'zone', operator: 'In', values });
const onType: SelectorRequirement = { key: 'type', operator: 'Exists' };

describe('isEmptyTerm', () => {
  it.each<[string, unknown, boolean]>([
    ['no requirements', {}, true],
    ['empty lists', { matchExpressions: [], matchFields: [] }, true],
    ['null lists', { matchExpressions: null, matchFields: null }, true],
    ['an expression', { matchExpressions: [onType] }, false],
    ['a field', { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }, false],
  ])('judges %s', (_, term, empty) => {
    expect(isEmptyTerm(term as NodeSelectorTerm)).toBe(empty);
  });
});

describe('missingExpressions', () => {
  it('leaves out what the term holds, whatever the order of the values', () => {
    const term = { matchExpressions: [zone('b', 'a')] };
    expect(missingExpressions(term, { matchExpressions: [zone('a', 'b'), onType] })).toEqual([onType]);
  });

  it('takes a term without expressions as holding none', () => {
    expect(missingExpressions({}, { matchExpressions: [onType] })).toEqual([onType]);
  });
});

describe('sameRequirement', () => {
  it.each<[string, SelectorRequirement, SelectorRequirement, boolean]>([
    ['the same', zone('a'), zone('a'), true],
    ['values in another order', zone('a', 'b'), zone('b', 'a'), true],
    ['a value more', zone('a', 'b'), zone('a'), false],
    ['another key', zone('a'), { ...zone('a'), key: 'region' }, false],
    ['another operator', zone('a'), { ...zone('a'), operator: 'NotIn' }, false],
    ['no values and an empty list', onType, { ...onType, values: [] }, true],
  ])('compares %s', (_, a, b, same) => {
    expect(sameRequirement(a, b)).toBe(same);
  });

  it('leaves the order of the values alone', () => {
    const requirement = zone('b', 'a');
    sameRequirement(requirement, zone('a', 'b'));
    expect(requirement.values).toEqual(['b', 'a']);
  });
});

describe('allowsLabel', () => {
  it.each<[string, SelectorRequirement, string | undefined, boolean]>([
    ['another key', { key: 'zone', operator: 'DoesNotExist' }, 'kwok', true],
    ['In with the value', { key: 'type', operator: 'In', values: ['a', 'kwok'] }, 'kwok', true],
    ['In without the value', { key: 'type', operator: 'In', values: ['a'] }, 'kwok', false],
    ['NotIn with the value', { key: 'type', operator: 'NotIn', values: ['kwok'] }, 'kwok', false],
    ['NotIn without the value', { key: 'type', operator: 'NotIn', values: ['a'] }, 'kwok', true],
    ['Exists', { key: 'type', operator: 'Exists' }, 'kwok', true],
    ['DoesNotExist', { key: 'type', operator: 'DoesNotExist' }, 'kwok', false],
    ['DoesNotExist and any value', { key: 'type', operator: 'DoesNotExist' }, undefined, false],
    ['In and any value', { key: 'type', operator: 'In', values: ['a'] }, undefined, true],
  ])('judges %s', (_, requirement, value, allowed) => {
    expect(allowsLabel(requirement, 'type', value)).toBe(allowed);
  });
});
