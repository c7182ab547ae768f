import { describe, expect, it } from 'vitest';
import { ignoreDisruptions } from '../../../../src/objects/job.js';
import type { WorkloadKind } from '../../../../src/objects/workload.js';
import { PatchBuilder } from '../../../../src/placement/patch.js';
import { mergePodFailurePolicy } from '../../../../src/placement/slots/pod-failure-policy.js';
import { intentWith } from '../../../support/intent.js';

const intent = intentWith([{ slot: 'podFailureRule', rule: ignoreDisruptions }], 'scheduling');
const place = { pointer: '/spec', named: '' };

function merge(jobSpec: object, kind: WorkloadKind = 'CronJob', restartPolicy: string | undefined = 'Never') {
  const patch = new PatchBuilder();
  const outcomes = mergePodFailurePolicy(kind, jobSpec as never, restartPolicy, place, intent, patch);
  return {
    outcomes: outcomes.map(({ result, item, why }) => [result, item, why]),
    operations: patch.operations,
  };
}

const path = '/spec/podFailurePolicy';
const exits = { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } };
const counts = { action: 'Count', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
const whole = [
  { op: 'add', path, value: {} },
  { op: 'add', path: `${path}/rules`, value: [] },
  { op: 'add', path: `${path}/rules/0`, value: ignoreDisruptions },
];

describe('the podFailurePolicy', () => {
  it.each([
    ['none', {}],
    ['a null', { podFailurePolicy: null }],
  ])('is made where there is %s', (_, jobSpec) => {
    expect(merge(jobSpec)).toEqual({
      outcomes: [['added', 'podFailurePolicy', undefined]],
      operations: whole,
    });
  });

  it.each([{ rules: null }, {}])('gets its list of rules where it is %j', (podFailurePolicy) => {
    expect(merge({ podFailurePolicy }).operations).toEqual(whole.slice(1));
  });

  it('gets the rule after those of the user, which go on to mean what they meant', () => {
    expect(merge({ podFailurePolicy: { rules: [exits] } }).operations).toEqual([
      { op: 'add', path: `${path}/rules/1`, value: ignoreDisruptions },
    ]);
  });

  it('stays where it forgives disruptions already', () => {
    expect(merge({ podFailurePolicy: { rules: [exits, ignoreDisruptions] } })).toEqual({
      outcomes: [['already-there', 'podFailurePolicy', undefined]],
      operations: [],
    });
  });

  it.each<[string, object[], string]>([
    ['says otherwise of disruptions', [exits, counts], 'it says Count of disruptions'],
    [
      'has as many rules as may be',
      Array.from({ length: 20 }, () => exits),
      'it has 20 rules, as many as may be',
    ],
  ])('stays where the user’s own %s', (_, rules, why) => {
    expect(merge({ podFailurePolicy: { rules } })).toEqual({
      outcomes: [['user-wins', 'podFailurePolicy', why]],
      operations: [],
    });
  });

  it('takes one rule more where there are nineteen', () => {
    const rules = Array.from({ length: 19 }, () => exits);
    expect(merge({ podFailurePolicy: { rules } }).operations).toHaveLength(1);
  });

  it.each(['OnFailure', 'Always', undefined])(
    'is refused by the API server beside restartPolicy %s',
    (policy) => {
      expect(merge({}, 'CronJob', policy ?? '')).toEqual({
        outcomes: [
          [
            'not-offered',
            'podFailurePolicy',
            'with restartPolicy OnFailure a pod that does not start waits where it is',
          ],
        ],
        operations: [],
      });
    },
  );

  it('is excluded by a CronJob’s own word of how pods are replaced', () => {
    expect(merge({ podReplacementPolicy: 'TerminatingOrFailed' })).toEqual({
      outcomes: [['user-wins', 'podFailurePolicy', 'podReplacementPolicy TerminatingOrFailed excludes it']],
      operations: [],
    });
    expect(merge({ podReplacementPolicy: 'Failed' }).operations).toEqual(whole);
  });

  it('takes with it what the API server has filled into a Job, which would exclude it', () => {
    expect(merge({ podReplacementPolicy: 'TerminatingOrFailed' }, 'Job')).toEqual({
      outcomes: [
        ['added', 'podFailurePolicy', undefined],
        ['added', 'podReplacementPolicy Failed', 'podFailurePolicy asks for it'],
      ],
      operations: [...whole, { op: 'replace', path: '/spec/podReplacementPolicy', value: 'Failed' }],
    });
  });
});
