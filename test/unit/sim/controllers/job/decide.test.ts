import { describe, expect, it } from 'vitest';
import { noBackoff } from '../../../../../src/sim/controllers/job/backoff.js';
import { decideJob, ttlLeft } from '../../../../../src/sim/controllers/job/decide.js';
import type { JobInput } from '../../../../../src/sim/controllers/job/decide.js';
import { ago, job, jobPod, now, pod } from '../../../../support/sim-objects.js';

const decide = (input: Partial<JobInput>) =>
  decideJob({ job: job(), pods: [], backoff: noBackoff, now, caughtUp: true, ...input });

const succeeded = (name: string) => jobPod(name, { phase: 'Succeeded' });
const failed = (name: string, status: Record<string, unknown> = {}) =>
  jobPod(name, { phase: 'Failed', readyFor: 3, status: { phase: 'Failed', reason: 'Error', ...status } });
const running = (name: string) => jobPod(name, { phase: 'Running' });

describe('how many pods a Job makes (job_controller.go manageJob)', () => {
  it.each([
    { name: 'one of one, by default', spec: {}, pods: [], create: 1 },
    {
      name: 'parallelism, not more than completions',
      spec: { parallelism: 5, completions: 3 },
      pods: [],
      create: 3,
    },
    {
      name: 'no more than what is missing',
      spec: { parallelism: 5, completions: 8 },
      pods: [running('a')],
      create: 4,
    },
    { name: 'without completions: parallelism', spec: { parallelism: 4 }, pods: [], create: 4 },
    {
      name: 'without completions, after a success: none',
      spec: { parallelism: 4 },
      pods: [succeeded('a'), running('b')],
      create: 0,
    },
    { name: 'suspended: none', spec: { suspend: true }, pods: [], create: 0 },
    { name: '500 at most', spec: { parallelism: 900 }, pods: [], create: 500 },
  ])('$name', ({ spec, pods, create }) => {
    expect(decide({ job: job(spec), pods }).create).toBe(create);
  });

  it('takes surplus pods away, those without a node first', () => {
    const pods = [running('a'), jobPod('b', { node: '', phase: 'Pending' })];
    const plan = decide({ job: job({ parallelism: 1, completions: 5 }), pods });
    expect(plan.remove.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('waits until its cache has seen what the last sync did', () => {
    expect(decide({ caughtUp: false }).create).toBe(0);
  });
});

describe('what a Job does after a failure', () => {
  it('waits 10 s after the first, 20 s after the second (DefaultJobPodFailureBackOff)', () => {
    const first = decide({ pods: [failed('a')] });
    expect({ create: first.create, again: first.again }).toEqual({ create: 0, again: 7000 });
    const second = decide({ pods: [failed('b')], backoff: { failures: 1, lastFailure: now - 30_000 } });
    expect(second.again).toBe(17_000);
  });

  it('waits 10 min at most', () => {
    expect(decide({ backoff: { failures: 20, lastFailure: now } }).again).toBe(600_000);
  });

  it('fails with the first failure beyond backoffLimit, and ends the pods that run', () => {
    const pods = [failed('a'), running('b')];
    const plan = decide({ job: job({ backoffLimit: 0, parallelism: 2, completions: 2 }), pods });
    expect(plan.target?.reason).toBe('BackoffLimitExceeded');
    expect(plan.finished).toBeUndefined();
    expect(plan.remove.map(({ metadata }) => metadata.name)).toEqual(['b']);
    expect(decide({ job: job({ backoffLimit: 0 }), pods: [failed('a')] }).finished?.reason).toBe(
      'BackoffLimitExceeded',
    );
  });

  it('counts the restarts of a running pod with restartPolicy OnFailure (pastBackoffLimitOnFailure)', () => {
    const template = { spec: { restartPolicy: 'OnFailure' } };
    const pods = [jobPod('a', { restarts: 2 })];
    expect(decide({ job: job({ backoffLimit: 2, template }), pods }).target?.reason).toBe(
      'BackoffLimitExceeded',
    );
    expect(decide({ job: job({ backoffLimit: 3, template }), pods }).target).toBeUndefined();
  });

  it('fails when it is older than activeDeadlineSeconds', () => {
    const late = decide({
      job: job({ activeDeadlineSeconds: 60 }, { startTime: ago(61) }),
      pods: [running('a')],
    });
    expect(late.target?.reason).toBe('DeadlineExceeded');
    const early = decide({
      job: job({ activeDeadlineSeconds: 60 }, { startTime: ago(50) }),
      pods: [running('a')],
    });
    expect(early.again).toBe(10_000);
  });
});

describe('what spends a backoffLimit and what does not', () => {
  const ignoreDisruptions = {
    rules: [{ action: 'Ignore' as const, onPodConditions: [{ type: 'DisruptionTarget' }] }],
  };
  const disrupted = {
    conditions: [
      { type: 'DisruptionTarget', status: 'True' },
      { type: 'Ready', status: 'False', lastTransitionTime: ago(3) },
    ],
  };

  it.each([
    { name: 'a container that failed', spec: {}, pods: [failed('a')], ends: true },
    {
      name: 'a kubelet’s refusal (OutOfpods): it has no DisruptionTarget (k8s e2e #121475)',
      spec: { podFailurePolicy: ignoreDisruptions },
      pods: [failed('a', { reason: 'OutOfpods' })],
      ends: true,
    },
    { name: 'an eviction, without a podFailurePolicy', spec: {}, pods: [failed('a', disrupted)], ends: true },
    {
      name: 'an eviction that the policy ignores: free',
      spec: { podFailurePolicy: ignoreDisruptions },
      pods: [failed('a', disrupted)],
      ends: false,
    },
    {
      name: 'a plain delete of a pending pod',
      spec: {},
      pods: [jobPod('a', { node: '', phase: 'Pending', deleting: true })],
      ends: true,
    },
    {
      name: 'the same with podReplacementPolicy Failed: not before its phase is Failed',
      spec: { podReplacementPolicy: 'Failed' as const },
      pods: [jobPod('a', { node: '', phase: 'Pending', deleting: true })],
      ends: false,
    },
  ])('$name', ({ spec, pods, ends }) => {
    const plan = decide({ job: job({ backoffLimit: 0, ...spec }), pods });
    expect(plan.target?.reason).toBe(ends ? 'BackoffLimitExceeded' : undefined);
  });

  it('an ignored failure is replaced after the same back-off', () => {
    const plan = decide({
      job: job({ backoffLimit: 0, podFailurePolicy: ignoreDisruptions }),
      pods: [failed('a', disrupted)],
    });
    expect(plan.count.failed).toEqual([]);
    expect(plan.count.free.map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect(plan.again).toBe(7000);
  });

  it.each([
    { name: 'FailJob on its exit code', code: 42, reason: 'PodFailurePolicy' },
    { name: 'another exit code goes on', code: 1, reason: undefined },
  ])('$name', ({ code, reason }) => {
    const podFailurePolicy = {
      rules: [{ action: 'FailJob' as const, onExitCodes: { operator: 'In' as const, values: [42] } }],
    };
    const containerStatuses = [
      { name: 'main', state: { terminated: { exitCode: code, finishedAt: ago(3) } } },
    ];
    const plan = decide({ job: job({ podFailurePolicy }), pods: [failed('a', { containerStatuses })] });
    expect(plan.target?.reason).toBe(reason);
  });

  it('waits for a terminating pod before it replaces it, where only failed ones are replaced', () => {
    const leaving = jobPod('a', { phase: 'Running', deleting: true });
    expect(decide({ job: job({ podReplacementPolicy: 'Failed' }), pods: [leaving] }).create).toBe(0);
    expect(decide({ job: job({ backoffLimit: 3 }), pods: [leaving] }).again).toBe(10_000);
  });
});

describe('counting and ending', () => {
  it('counts each finished pod once: not again while it is written down', () => {
    const fresh = decide({ pods: [succeeded('a')] });
    expect(fresh.count.succeeded.map(({ metadata }) => metadata.uid)).toEqual(['a']);
    const known = job({}, { uncountedTerminatedPods: { succeeded: ['a'] } });
    const again = decide({ job: known, pods: [succeeded('a')] });
    expect(again.count.succeeded).toEqual([]);
    expect(again.count.free.map(({ metadata }) => metadata.uid)).toEqual(['a']);
    expect(again.finished?.type).toBe('Complete');
  });

  it('does not count a pod that carries the finalizer no more', () => {
    const counted = pod('a', { phase: 'Succeeded' });
    expect(decide({ job: job({}, { succeeded: 1 }), pods: [counted] }).finished?.type).toBe('Complete');
    expect(decide({ pods: [counted] }).create).toBe(1);
  });

  it('is complete with the last success, when nothing runs', () => {
    const two = job({ completions: 2, parallelism: 2 }, { succeeded: 1 });
    expect(decide({ job: two, pods: [running('b')] }).finished).toBeUndefined();
    expect(decide({ job: two, pods: [succeeded('b')] }).finished?.reason).toBe('CompletionsReached');
  });

  it('a finished Job lives for ttlSecondsAfterFinished', () => {
    const done = { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ago(40) }] };
    expect(ttlLeft(job({ ttlSecondsAfterFinished: 100 }, done), now)).toBe(60_000);
    expect(ttlLeft(job({ ttlSecondsAfterFinished: 0 }, done), now)).toBe(0);
    expect(ttlLeft(job({}, done), now)).toBeUndefined();
    expect(ttlLeft(job({ ttlSecondsAfterFinished: 0 }), now)).toBeUndefined();
  });
});
