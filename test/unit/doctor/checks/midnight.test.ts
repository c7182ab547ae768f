import { describe, expect, it } from 'vitest';
import { judgeMidnight, midnight } from '../../../../src/doctor/checks/midnight.js';
import { cronFactsOf } from '../../../../src/doctor/cron-facts.js';
import { toServing } from '../../../../src/doctor/serving.js';
import { stagesOf } from '../../../../src/doctor/stages.js';
import { KubeError } from '../../../../src/kube/errors.js';
import type { KubeObject } from '../../../../src/kube/object.js';
import type { CronFacts } from '../../../../src/midnight/bins.js';
import { cronJob, provider } from '../../../support/build.js';
import { examination, object, said } from '../../../support/doctor.js';
import { crons } from '../../../support/midnight.js';
import { policyDocument } from '../../../support/policy.js';

const at = Date.UTC(2026, 0, 2);
const binOf = (all: readonly CronFacts[]) => ({
  bins: all.length === 0 ? [] : [{ at, crons: [all], count: all.length }],
  unreadable: [],
});
const eci = { provider: provider('alibaba-eci'), nodes: 3 };
const judge = (all: readonly CronFacts[], stages = stagesOf({}, [eci])) => judgeMidnight(binOf(all), stages);

describe('midnight', () => {
  it('is well where nothing is due, or what is due runs at once', () => {
    expect(said(judge([]))).toEqual(['ok: no CronJob is due in the next 24 hours']);
    expect(said(judge(crons(10)))).toEqual([
      'ok: the fullest second of the next 24 hours is 2026-01-02T00:00:00Z, with 10 CronJobs, which all run within 0 s',
    ]);
  });

  it('tells of five thousand in one second what every stage makes of them', () => {
    const [found] = judge(crons(5000, { provider: 'alibaba-eci' }));
    expect(found).toMatchObject({
      status: 'warning',
      reason:
        'the fullest second of the next 24 hours is 2026-01-02T00:00:00Z, with 5000 CronJobs: the last runs 8 to 12 min later',
      remedy: expect.stringContaining('raise --kube-api-qps of kube-controller-manager'),
      details: [
        'CronJob controller, 20/s after a burst of 30: 8 to 12 min',
        'Job controller, 20/s after a burst of 30: 8 to 12 min',
        'alibaba-eci, 20/s after a burst of 100: 4 min',
        'kube-scheduler, 50/s after a burst of 100: 98 s',
        'shared by apps 5000 (c-0, c-1, c-2, …)',
      ],
    });
  });

  it('knows what the control plane was set up with', () => {
    const raised = { perSecond: 500, burst: 1000, byFile: false };
    const seen = { controllerManager: raised, scheduler: raised };
    const [found] = judge(crons(5000, { provider: 'alibaba-eci' }), stagesOf(seen, [eci]));
    expect(found?.reason).toContain('the last runs 4 min later');
    expect(found?.remedy).toContain('name a second provider beside alibaba-eci');
  });

  it('has a bucket for each virtual node, but for a provider whose account has one', () => {
    const own = (name: string, nodes: number) =>
      stagesOf({}, [{ provider: provider(name), nodes }]).find((one) => one.name === name);
    expect(own('virtual-kubelet', 10)).toMatchObject({ perSecond: 100, burst: 1000 });
    expect(own('virtual-kubelet', 0)).toMatchObject({ perSecond: 10, burst: 100 });
    expect(own('alibaba-eci', 10)).toMatchObject({ perSecond: 20, burst: 100 });
  });

  it('says how many do not run at all', () => {
    const [found] = judge(crons(5000, { deadlineSeconds: 30 }));
    expect(found?.details?.at(-1)).toBe(
      '5000 of them do not run at all: their startingDeadlineSeconds is over before',
    );
  });

  it('names schedules that cannot be read', () => {
    const unreadable = crons(1, { schedule: 'at noon' });
    expect(said(judgeMidnight({ bins: [], unreadable }, [])).slice(1)).toEqual([
      'warning: the schedule of apps/c-0 cannot be read: at noon',
    ]);
  });

  it('is told to who may not look at the control plane, by the defaults', async () => {
    const made = cronJob({ metadata: { creationTimestamp: '2026-01-01T00:00:00Z' } });
    const found = await midnight.run({
      ...examination,
      read: {
        ...examination.read,
        list: ({ plural }, { namespace } = {}) => {
          if (namespace === 'kube-system') return Promise.reject(new KubeError('no', { kind: 'forbidden' }));
          return Promise.resolve(plural === 'cronjobs' ? [made as KubeObject] : []);
        },
      },
    });
    expect(said(found)).toEqual([
      'ok: the fullest second of the next 24 hours is 2026-01-01T01:00:00Z, with 1 CronJobs, which all run within 0 s',
    ]);
  });
});

const optedIn = (name: string) =>
  object({ metadata: { name, labels: { 'tidegate.io/virtual-nodes': 'enabled' } } });
const serving = (placement: object) =>
  toServing([object(policyDocument('p', { placement }))], [optedIn('apps')], 'tidegate-system');
const onEci = serving({ type: 'VirtualOnly', providers: [{ name: 'alibaba-eci' }, { name: 'kwok' }] });
const facts = (parts: Parameters<typeof cronJob>[0], by = onEci) =>
  cronFactsOf(cronJob(parts) as KubeObject, by);

describe('what is known of a CronJob', () => {
  it('is its schedule, and where its pods go', () => {
    expect(
      facts({
        metadata: { creationTimestamp: '2026-01-01T00:00:00Z' },
        spec: { schedule: '@daily', timeZone: 'Asia/Shanghai', startingDeadlineSeconds: 9 },
      }),
    ).toEqual({
      namespace: 'apps',
      name: 'report',
      schedule: '@daily',
      timeZone: 'Asia/Shanghai',
      suspend: false,
      since: Date.UTC(2026, 0, 1),
      deadlineSeconds: 9,
      pods: 1,
      provider: 'alibaba-eci',
    });
  });

  it('is the provider that can run it, and none where nobody places it or real nodes come first', () => {
    const port = { spec: { containers: [{ name: 'a', image: 'b', ports: [{ containerPort: 10_250 }] }] } };
    expect(facts({ pod: port }).provider).toBe('kwok');
    expect(facts({ metadata: { namespace: 'other' } }).provider).toBeUndefined();
    const out = { annotations: { 'tidegate.io/virtual-nodes': 'disabled' } };
    expect(facts({ metadata: out }).provider).toBeUndefined();
    const overflow = serving({ type: 'PreferReal', providers: [{ name: 'alibaba-eci' }] });
    expect(facts({}, overflow).provider).toBeUndefined();
  });

  it.each([
    [{}, 1],
    [{ parallelism: 5 }, 5],
    [{ parallelism: 5, completions: 3 }, 3],
    [{ parallelism: 0 }, 0],
  ])('is that a run of %j makes %i pods at once', (job, pods) => {
    const made = cronJob();
    const spec = made['spec'] as { jobTemplate: { spec: object } };
    Object.assign(spec.jobTemplate.spec, job);
    expect(cronFactsOf(made as KubeObject, onEci).pods).toBe(pods);
  });

  it('is that it is suspended, also where it is being deleted', () => {
    expect(facts({ spec: { suspend: true } }).suspend).toBe(true);
    expect(facts({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }).suspend).toBe(true);
  });
});
