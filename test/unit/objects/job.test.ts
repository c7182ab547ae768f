import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { onDisruption } from '../../../src/objects/job.js';

const exits = { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } };
const conditions = (action: string, ...patterns: object[]) => ({ action, onPodConditions: patterns });
const disrupted = { type: 'DisruptionTarget', status: 'True' };

describe('onDisruption', () => {
  it.each<[string, object[], string | undefined]>([
    ['nothing without a rule', [], undefined],
    ['nothing of exit codes', [exits], undefined],
    ['what the rule says', [exits, conditions('Ignore', disrupted)], 'Ignore'],
    [
      'what the first of two says',
      [conditions('Count', disrupted), conditions('Ignore', disrupted)],
      'Count',
    ],
    ['it beside other conditions', [conditions('Ignore', { type: 'Other' }, disrupted)], 'Ignore'],
    [
      'it where the status is left to the default',
      [conditions('Ignore', { type: 'DisruptionTarget' })],
      'Ignore',
    ],
    [
      'nothing where it is not to be so',
      [conditions('Ignore', { ...disrupted, status: 'False' })],
      undefined,
    ],
    ['nothing of another condition', [conditions('Ignore', { type: 'Ready', status: 'True' })], undefined],
  ])('says %s', (_, rules, action) => {
    expect(onDisruption({ rules } as never, '')).toBe(action);
  });

  it('takes null for absent', () => {
    expect(onDisruption({ rules: null }, '')).toBeUndefined();
    expect(onDisruption({ rules: [{ action: 'Count', onPodConditions: null }] }, '')).toBeUndefined();
  });

  it('says where a field has a wrong type', () => {
    expect(() => onDisruption({ rules: [{ action: 'Count', onPodConditions: {} }] }, '/spec/a')).toThrow(
      new AppError('object-invalid', '/spec/a/rules/0/onPodConditions: expected an array, got object'),
    );
  });
});
