import { describe, expect, it } from 'vitest';
import { originalOf } from '../../../src/placement/original.js';
import { cronJob, job, pod, workloadFrom } from '../../support/build.js';
import { deepFreeze } from '../../support/freeze.js';

const recorded = (steps: unknown[], more: object = {}) => ({
  'tidegate.io/placement': JSON.stringify({ v: 1, policy: 'nightly', providers: ['kwok'], steps, ...more }),
});

describe('the original of a workload', () => {
  it('is the workload itself where it carries no record', () => {
    const workload = workloadFrom(deepFreeze(cronJob()));
    const original = originalOf(workload);
    expect(original.workload).toBe(workload);
    expect(original.undo).toEqual([]);
  });

  it('is a copy without the record and without what that lists', () => {
    const annotations = recorded([['+', '/spec/schedulerName', 'tidegate-scheduler']], {
      madeAnnotations: true,
    });
    const placed = cronJob({
      metadata: { annotations },
      pod: { spec: { schedulerName: 'tidegate-scheduler' } },
    });
    const original = originalOf(workloadFrom(deepFreeze(placed)));
    expect(original.workload.object).toEqual(cronJob());
    expect(original.undo).toEqual([
      { op: 'remove', path: '/metadata/annotations/tidegate.io~1placement' },
      { op: 'remove', path: '/metadata/annotations' },
      { op: 'remove', path: '/spec/jobTemplate/spec/template/spec/schedulerName' },
    ]);
  });

  it('is a copy without what the record lists of the Job', () => {
    const rule = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
    const jobSteps = [
      ['+', '/podFailurePolicy', {}],
      ['+', '/podFailurePolicy/rules', []],
      ['+', '/podFailurePolicy/rules/0', rule],
      ['=', '/podReplacementPolicy', 'Failed', 'TerminatingOrFailed'],
    ];
    const placed = job({
      metadata: { annotations: { ...recorded([], { jobSteps }), a: 'b' } },
      spec: { podFailurePolicy: { rules: [rule] }, podReplacementPolicy: 'Failed' },
    });
    const original = originalOf(workloadFrom(deepFreeze(placed)));
    expect(original.workload.object).toEqual(
      job({ metadata: { annotations: { a: 'b' } }, spec: { podReplacementPolicy: 'TerminatingOrFailed' } }),
    );
    expect(original.undo.slice(1)).toEqual([
      { op: 'replace', path: '/spec/podReplacementPolicy', value: 'TerminatingOrFailed' },
      { op: 'remove', path: '/spec/podFailurePolicy/rules/0' },
      { op: 'remove', path: '/spec/podFailurePolicy/rules' },
      { op: 'remove', path: '/spec/podFailurePolicy' },
    ]);
  });

  it('keeps annotations that were there before the record', () => {
    const annotations = { ...recorded([]), a: 'b' };
    const original = originalOf(workloadFrom(cronJob({ metadata: { annotations } })));
    expect(original.workload.annotations).toEqual({ a: 'b' });
  });

  it('has the labels of its user, on a Pod', () => {
    const labels = { app: 'a', 'alibabacloud.com/acs': 'true' };
    const annotations = recorded([['+', '/metadata/labels/alibabacloud.com~1acs', 'true']]);
    const original = originalOf(workloadFrom(pod({ metadata: { annotations, labels } })));
    expect(original.workload.labels).toEqual({ app: 'a' });
  });
});
